import MemtopCore
import XenBridge

/// The size of a domain's paging pool, asked for only when it may be another.
///
/// libxl sizes the pool when it builds the domain, after it has set the limit and before it writes the
/// first target (libxl_dom.c, libxl__build_pre and libxl__build_post). So it is read at first sight,
/// when the limit changes, and when the target appears.
struct PagingPool {
  private struct Basis: Equatable {
    let limit: UInt64
    let isBuilt: Bool
  }

  /// nil where Xen does not tell.
  private(set) var size: Bytes?
  private var basis: Basis?

  mutating func update(_ figure: mt_domain, isBuilt: Bool, read: (UInt16) -> Bytes?) {
    guard figure.hasPagingPool else { return self = PagingPool() }
    let now = Basis(limit: figure.limit_pages, isBuilt: isBuilt)
    guard now != basis else { return }
    (basis, size) = (now, read(figure.domid))
  }
}
