import MemtopConf

/// Why a text cannot be read; nil where it can.
func complaint<Value>(of text: String, _ read: (String) throws(ConfError) -> Value) -> String? {
  do throws(ConfError) {
    _ = try read(text)
    return nil
  } catch {
    return error.description
  }
}
