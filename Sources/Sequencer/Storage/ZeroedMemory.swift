#if canImport(Glibc) && !hasFeature(Embedded)
  internal import Glibc
#endif

/// Memory of zeros for a table.
///
/// A large table comes straight from the system where that is possible: its pages are zero already, they go back at once when
/// the table has moved, and they can be huge. A table of a million streams spans eight thousand small pages, more than a
/// processor remembers the addresses of, but sixteen huge ones: a look-up at random takes half the time.
@usableFromInline
enum ZeroedMemory {
  #if canImport(Glibc) && !hasFeature(Embedded)
    /// The size of a huge page; smaller blocks gain nothing.
    static let hugePage = 2 << 20

    @usableFromInline
    static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
      guard bytes >= hugePage else { return unsafe allocateSmall(bytes: bytes) }
      // A mapping begins at any page. Take one huge page more than needed, and give back what lies before and behind.
      let size = rounded(bytes)
      let access = PROT_READ | PROT_WRITE
      let mapping = unsafe mmap(nil, size + hugePage, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
        preconditionFailure("out of memory: \(bytes) bytes for the stream table")
      }
      let excess = (hugePage - Int(bitPattern: mapping) & (hugePage - 1)) & (hugePage - 1)
      let memory = unsafe mapping + excess
      if excess > 0 { unsafe munmap(mapping, excess) }
      if excess < hugePage { unsafe munmap(memory + size, hugePage - excess) }
      unsafe madvise(memory, size, MADV_HUGEPAGE)
      return unsafe memory
    }

    @usableFromInline
    static func deallocate(_ memory: UnsafeMutableRawPointer, bytes: Int) {
      if bytes >= hugePage { unsafe munmap(memory, rounded(bytes)) } else { unsafe memory.deallocate() }
    }

    /// Up to the next small page: what is not touched costs nothing.
    private static func rounded(_ bytes: Int) -> Int { (bytes + 4_095) & ~4_095 }
  #else
    @usableFromInline
    static func allocate(bytes: Int) -> UnsafeMutableRawPointer { unsafe allocateSmall(bytes: bytes) }

    @usableFromInline
    static func deallocate(_ memory: UnsafeMutableRawPointer, bytes: Int) { unsafe memory.deallocate() }
  #endif

  private static func allocateSmall(bytes: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    _ = unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    return unsafe memory
  }
}
