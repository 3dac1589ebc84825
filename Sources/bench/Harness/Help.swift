extension Arguments {
  static let help = """
    Measures the library beside the limits of this machine and the straightforward code.

    usage: swift run -c release bench [options]                   measure
           swift run -c release bench --check [--filter S]        hold the thresholds against this tree
           swift run -c release bench --update [--filter S]       write them
           swift run -c release bench report [--draw]             measure everything, draw Benchmarks/Results/report.html
           swift run -c release bench compare FILE                the table of a recording of us and our peers
           swift run -c release bench export FOLDER               the inputs, for programs in other languages
           swift run -c release bench floods                      does a hostile message cost more than two normal ones?
           swift run -c release bench soak [--seconds N]          simulated worlds full of faults: is anything lost?

      --filter SUBSTRING   only scenarios whose name contains it, or, if it is a whole name, only that one;
                           may be given several times
      --quick              less work and fewer repetitions: a look, not a measurement
      --list               names, units and what is measured
      --format FORMAT      text (a table, default), markdown, json (an array of objects), or samples (a line a repetition)
      --repeat N           repetitions that count (else 5, or 3 with --quick, and fewer if they take too long)
      --draw               report: draw again what was measured before
      --thresholds FOLDER  where the gate's thresholds lie (Benchmarks/Thresholds)
      --results FOLDER     where the report and its figures lie (Benchmarks/Results)
      --seconds N          soak: for so long (10, without --worlds), on all cores
      --worlds N           soak: so many worlds
      --seed S             soak: the first world's seed (else a random one); each world adds 1
      --tape HEX           soak: one world from the tape that a violation printed, told step by step
      --help               this

    for counting instructions and allocations (see Benchmarks/README.md):

      --once               one repetition and no warm-up
      --size N             messages, streams or operations that each scenario is timed over
      --streams N          streams of the scenarios with many (1000000)
      --generate N         messages to generate, if more than --size

    Exit status: 0; 1 if a result was wrong or changed between repetitions, a soak found a broken promise, a flood
    cost too much, or a file could not be read or written;
    64 for a command line that makes no sense. The gate: 0 holds, 2 regression, 4 improvement (update the threshold),
    5 no threshold, 69 something that it needs is missing.
    """
}
