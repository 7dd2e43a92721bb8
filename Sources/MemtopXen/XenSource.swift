import MemtopCore
