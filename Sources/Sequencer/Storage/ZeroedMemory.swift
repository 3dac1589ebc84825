#if canImport(Glibc) && !hasFeature(Embedded)
  internal import Glibc
#endif

/// Memory of zeros for a table.
///
/// A large table comes straight from the system where that is possible: its pages are zero already, they go back at once when
/// the table has moved, and they can be huge. A table of a million streams spans eight thousand small pages, more than a
/// processor remembers the addresses of, but sixteen huge ones: a look-up at random takes half the time.
///
/// It is a type of its own, and not generic, because a generic one whose fields are all plain is not torn down in debug
/// builds of Swift 6.3.
@safe
@usableFromInline
package struct ZeroedMemory: ~Copyable {
  @usableFromInline package let base: UnsafeMutableRawPointer
  @usableFromInline let bytes: Int

  @usableFromInline
  package init(bytes: Int) {
    unsafe base = Self.allocate(bytes: bytes)
    self.bytes = bytes
  }

  @inlinable
  deinit { unsafe Self.deallocate(base, bytes: bytes) }

  #if canImport(Glibc) && !hasFeature(Embedded)
    /// The size of a huge page.
    private static let hugePage = 2 << 20
    private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    /// From here on a block is mapped. What the allocator is given back it keeps, in pieces of the size of tables outgrown.
    private static let smallestMapping = 64 << 10

    private static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
      guard bytes >= smallestMapping else { return unsafe allocateSmall(bytes: bytes) }
      // A mapping begins at any page. Take an alignment more than needed, and give back what lies before and behind.
      let size = rounded(bytes)
      let alignment = bytes >= hugePage ? hugePage : page
      let access = PROT_READ | PROT_WRITE
      let mapping = unsafe mmap(nil, size + alignment, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
        preconditionFailure("out of memory: \(bytes) bytes for the stream table")
      }
      let excess = (alignment - Int(bitPattern: mapping) & (alignment - 1)) & (alignment - 1)
      let memory = unsafe mapping + excess
      if excess > 0 { unsafe munmap(mapping, excess) }
      if excess < alignment { unsafe munmap(memory + size, alignment - excess) }
      if bytes >= hugePage { unsafe madvise(memory, size, MADV_HUGEPAGE) }
      return unsafe memory
    }

    @usableFromInline
    static func deallocate(_ memory: UnsafeMutableRawPointer, bytes: Int) {
      if bytes >= smallestMapping { unsafe munmap(memory, rounded(bytes)) } else { unsafe memory.deallocate() }
    }

    private static func rounded(_ bytes: Int) -> Int { (bytes + page - 1) & ~(page - 1) }
  #else
    private static func allocate(bytes: Int) -> UnsafeMutableRawPointer { unsafe allocateSmall(bytes: bytes) }

    @usableFromInline
    static func deallocate(_ memory: UnsafeMutableRawPointer, bytes: Int) { unsafe memory.deallocate() }
  #endif

  private static func allocateSmall(bytes: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    _ = unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    return unsafe memory
  }
}
