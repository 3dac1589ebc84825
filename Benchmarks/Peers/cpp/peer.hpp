// What the C++ peers share: the clock, pinning, the hash of a result, the inputs, and the command line.
#pragma once

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace peer {

inline std::uint64_t nanoseconds() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::uint64_t(time.tv_sec) * 1'000'000'000 + std::uint64_t(time.tv_nsec);
}

// The cores that the process was given. First called before anything is pinned.
inline const std::vector<int> &cores() {
  static const std::vector<int> all = [] {
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    std::vector<int> found;
    for (int core = 0; core < CPU_SETSIZE; ++core)
      if (CPU_ISSET(core, &set)) found.push_back(core);
    return found;
  }();
  return all;
}

// Pins the calling thread to the `index`th core of them.
inline void pin(std::size_t index) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cores()[index % cores().size()], &set);
  sched_setaffinity(0, sizeof set, &set);
}

// SplitMix64's finaliser.
inline std::uint64_t mix(std::uint64_t word) {
  word += 0x9E37'79B9'7F4A'7C15;
  word = (word ^ (word >> 30)) * 0xBF58'476D'1CE4'E5B9;
  word = (word ^ (word >> 27)) * 0x94D0'49BB'1331'11EB;
  return word ^ (word >> 31);
}

// Folds words into the hash of a result.
template <class... Words>
std::uint64_t digest(Words... words) {
  std::uint64_t hash = 0;
  ((hash = mix(hash ^ std::uint64_t(words))), ...);
  return hash;
}

// Bytes of the process that are resident.
inline std::uint64_t residentBytes() {
  unsigned long size = 0, resident = 0;
  std::FILE *file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr || std::fscanf(file, "%lu %lu", &size, &resident) != 2) std::abort();
  std::fclose(file);
  return resident * std::uint64_t(sysconf(_SC_PAGESIZE));
}

// What one repetition found.
struct Sample {
  double value;
  // None if it cannot be compared with others.
  std::optional<std::uint64_t> hash;
  // Further figures of the same repetition: what the work's name is continued with, and the value.
  std::vector<std::pair<std::string, double>> further = {};

  static Sample perPiece(std::uint64_t nanoseconds, std::size_t count, std::optional<std::uint64_t> hash) {
    return {double(nanoseconds) / double(count), hash};
  }
};

// What a repetition is given.
struct Context {
  std::string folder;
  // The repetition does not count: it pays for first touches of memory and of code, and may do less.
  bool warmsUp;

  // How many operations to do whose number is `full`.
  std::size_t count(std::size_t full) const { return warmsUp ? full / 10 : full; }

  // An input as it was exported: an array of `Element`.
  template <class Element>
  std::vector<Element> load(const char *name) const {
    const std::string path = folder + "/" + name;
    std::FILE *file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
      std::perror(path.c_str());
      std::exit(66);
    }
    std::fseek(file, 0, SEEK_END);
    std::vector<Element> elements(std::size_t(std::ftell(file)) / sizeof(Element));
    std::rewind(file);
    if (std::fread(elements.data(), sizeof(Element), elements.size(), file) != elements.size()) std::abort();
    std::fclose(file);
    return elements;
  }
};

// One thing that a program measures: a work of ours, as done by a peer.
struct Work {
  std::string name;
  std::string who;
  std::string unit;
  std::function<Sample(const Context &)> run;
};

inline void print(const Work &work, const std::string &suffix, double value, std::optional<std::uint64_t> hash) {
  char digits[17] = "-";
  if (hash) std::snprintf(digits, sizeof digits, "%016lx", *hash);
  std::printf("%s%s\t%s\t%s\t%.4f\t%s\n", work.name.c_str(), suffix.c_str(), work.who.c_str(), work.unit.c_str(),
              value, digits);
  std::fflush(stdout);
}

// The program: `--works` names what it knows, `<input folder> <work>…` measures each of them once.
inline int main(int argc, char **argv, const std::vector<Work> &works) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments == std::vector<std::string>{"--works"}) {
    for (const Work &work : works) std::puts(work.name.c_str());
    return 0;
  }
  if (arguments.size() < 2) {
    std::fprintf(stderr, "usage: %s --works | <input folder> <work>...\n", argv[0]);
    return 64;
  }
  cores();
  pin(0);
  for (const Work &work : works) {
    if (std::find(arguments.begin() + 1, arguments.end(), work.name) == arguments.end()) continue;
    work.run({arguments[0], true});
    const Sample sample = work.run({arguments[0], false});
    print(work, "", sample.value, sample.hash);
    for (const auto &[name, value] : sample.further) print(work, "/" + name, value, sample.hash);
  }
  return 0;
}

}  // namespace peer
