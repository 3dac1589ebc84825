import Sequencer

/// The library's rejection, in a file that does not see the oracle's. (A type that has its module's name hides the module, so
/// it cannot be named by way of it.)
typealias LibraryRejection = Rejection
