import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** What the Java peers share: pinning, the hash of a result, the inputs, and the command line. */
final class Peer {
  private Peer() {}

  /**
   * What one repetition found.
   *
   * @param hash none if it cannot be compared with others.
   * @param further other figures of the same repetition, by what the work's name is continued with.
   */
  record Sample(double value, OptionalLong hash, Map<String, Double> further) {
    Sample(double value, OptionalLong hash) {
      this(value, hash, Map.of());
    }

    static Sample perPiece(long nanoseconds, long count, long hash) {
      return new Sample((double) nanoseconds / count, OptionalLong.of(hash));
    }
  }

  /**
   * What a repetition is given.
   *
   * @param warmsUp it does not count: it pays for the compilation of the code, and may do less.
   */
  record Context(Path folder, boolean warmsUp) {
    /** How many operations to do whose number is {@code full}. */
    int count(int full) {
      return warmsUp ? full / 10 : full;
    }

    /** The bytes of an input as it was exported. */
    ByteBuffer bytes(String name) {
      try (FileChannel file = FileChannel.open(folder.resolve(name))) {
        return file.map(FileChannel.MapMode.READ_ONLY, 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
  }

  interface Repetition {
    Sample run(Context context) throws Exception;
  }

  /** One thing that a program measures: a work of ours, as done by a peer. */
  record Work(String name, String who, String unit, Repetition repetition) {
    private void print(String suffix, double value, OptionalLong hash) {
      String digits = hash.isPresent() ? String.format("%016x", hash.getAsLong()) : "-";
      System.out.println(String.format(Locale.ROOT, "%s%s\t%s\t%s\t%.4f\t%s", name, suffix, who, unit, value, digits));
    }
  }

  /** The program: {@code --works} names what it knows, {@code <input folder> <work>…} measures each of them once. */
  static void main(String[] arguments, List<Work> works) throws Exception {
    if (Arrays.equals(arguments, new String[] {"--works"})) {
      works.forEach(work -> System.out.println(work.name));
      return;
    }
    if (arguments.length < 2) {
      System.err.println("usage: <program> --works | <input folder> <work>...");
      System.exit(64);
    }
    Path folder = Path.of(arguments[0]);
    List<String> names = Arrays.asList(arguments).subList(1, arguments.length);
    pin(0);
    for (Work work : works) {
      if (!names.contains(work.name)) continue;
      work.repetition.run(new Context(folder, true));
      Sample sample = work.repetition.run(new Context(folder, false));
      work.print("", sample.value, sample.hash);
      sample.further.forEach((name, value) -> work.print("/" + name, value, sample.hash));
    }
    // Threads that an executor or a pool left behind must not keep the process.
    System.exit(0);
  }

  /** SplitMix64's finaliser. */
  static long mix(long word) {
    word += 0x9E3779B97F4A7C15L;
    word = (word ^ (word >>> 30)) * 0xBF58476D1CE4E5B9L;
    word = (word ^ (word >>> 27)) * 0x94D049BB133111EBL;
    return word ^ (word >>> 31);
  }

  /** Folds words into the hash of a result. */
  static long digest(long... words) {
    long hash = 0;
    for (long word : words) hash = mix(hash ^ word);
    return hash;
  }

  /** Bytes of the heap in use after a full collection. */
  static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static final List<String> cores = cores();

  /**
   * Pins the calling thread to the {@code index}th core that the process was given. Only this thread: the collector and
   * the compiler keep all cores. Java has no call for it, so a command does it.
   */
  static void pin(int index) throws IOException, InterruptedException {
    String thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
    String core = cores.get(index % cores.size());
    int status =
        new ProcessBuilder("taskset", "-cp", core, thread)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    if (status != 0) throw new IOException("taskset ended with status " + status);
  }

  /** The cores that the process was given: the kernel prints them as {@code 0-3,8}. */
  private static List<String> cores() {
    try {
      String prefix = "Cpus_allowed_list:";
      String list =
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(line -> line.startsWith(prefix))
              .findFirst()
              .orElseThrow()
              .substring(prefix.length())
              .strip();
      List<String> found = new ArrayList<>();
      for (String range : list.split(",")) {
        String[] ends = range.split("-");
        for (int core = Integer.parseInt(ends[0]); core <= Integer.parseInt(ends[ends.length - 1]); core++) {
          found.add(Integer.toString(core));
        }
      }
      return found;
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
