import Foundation

/// A database file as pages, by what they are for (sqlite.org/fileformat2.html).
struct Pages {
  enum Class: String, CaseIterable, Sendable {
    case header, schema, tableInterior, tableLeaf, indexInterior, indexLeaf, overflow, freelist
    case pointerMap
  }
  static let size = 4096
  private(set) var bytes: [UInt8]
  private(set) var classes: [Class]

  var count: Int { bytes.count / Self.size }

  init(_ path: String) throws {
    bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    classes = []
    let free = freelist()
    let schema = schemaPages()
    let mapStep = 1 + Self.size / 5
    for page in 1...count {
      if page == 1 || schema.contains(page) {
        classes.append(.schema)
      } else if page >= 2, (page - 2) % mapStep == 0 {
        classes.append(.pointerMap)
      } else if free.contains(page) {
        classes.append(.freelist)
      } else {
        classes.append(Self.kind(bytes[(page - 1) * Self.size]))
      }
    }
  }

  private static func kind(_ type: UInt8) -> Class {
    switch type {
    case 2: .indexInterior
    case 5: .tableInterior
    case 10: .indexLeaf
    case 13: .tableLeaf
    default: .overflow
    }
  }

  private func number(_ offset: Int) -> Int {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private func freelist() -> Set<Int> {
    var pages: Set<Int> = []
    var trunk = number(32)
    while trunk > 0, trunk <= count, pages.insert(trunk).inserted {
      let begin = (trunk - 1) * Self.size
      for leaf in 0..<number(begin + 4) { pages.insert(number(begin + 8 + leaf * 4)) }
      trunk = number(begin)
    }
    return pages
  }

  /// Page 1 and the leaves below it.
  private func schemaPages() -> Set<Int> {
    guard bytes[100] == 5 else { return [1] }
    let cells = Int(bytes[103]) << 8 | Int(bytes[104])
    var pages: Set<Int> = [1, number(108)]
    for cell in 0..<cells {
      let pointer = 112 + cell * 2
      pages.insert(number(Int(bytes[pointer]) << 8 | Int(bytes[pointer + 1])))
    }
    return pages
  }

  /// Where the bytes of this class are.
  func ranges(_ wanted: Class) -> [Range<Int>] {
    if wanted == .header { return [0..<100] }
    return classes.indices.filter { classes[$0] == wanted }.map { index in
      let begin = index * Self.size
      return (index == 0 ? 100 : begin)..<begin + Self.size
    }
  }
}
