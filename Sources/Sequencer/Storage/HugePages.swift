#if canImport(Glibc) && !hasFeature(Embedded)
  internal import Glibc
#endif

/// The size of a huge page on the machines that have them.
@usableFromInline var hugePage: Int { 2 << 20 }

/// Asks for huge pages under memory that is about to be used. A table of a million streams spans eight thousand small pages,
/// more than the processor remembers the addresses of; as huge pages it spans sixteen. Where the system knows no such
/// request, nothing happens.
func adviseHugePages(_ memory: UnsafeMutableRawPointer, bytes: Int) {
  #if canImport(Glibc) && !hasFeature(Embedded)
    // Only whole huge pages: the rest of the last one belongs to somebody else.
    _ = unsafe madvise(memory, bytes & ~(hugePage - 1), MADV_HUGEPAGE)
  #endif
}
