import Foundation

/// How a terminal's line is set, to be compared.
struct LineSettings: Equatable {
  var input, output, control, local: tcflag_t
  var characters: [UInt8]

  init(of terminal: Int32) {
    var settings = termios()
    tcgetattr(terminal, &settings)
    input = settings.c_iflag
    output = settings.c_oflag
    control = settings.c_cflag
    local = settings.c_lflag
    characters = withUnsafeBytes(of: settings.c_cc) { Array($0) }
  }

  var echoes: Bool { local & tcflag_t(ECHO) != 0 }
}
