// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/options.h"
#include "tests/fuzz/fuzz.h"

#include <QFile>

#include <sys/mman.h>
#include <unistd.h>

using namespace replog;
using namespace Qt::StringLiterals;

// A file for --config and a program with an option of each kind.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int file = memfd_create("config", 0);
    FUZZ_CHECK(file >= 0 && ftruncate(file, 0) == 0);
    FUZZ_CHECK(pwrite(file, data, size, 0) == static_cast<ssize_t>(size));

    Options options(u"replog-fuzz"_s, u"Reads a file."_s);
    options.add({.name = u"port"_s,
                 .placeholder = u"N"_s,
                 .defaultValue = u"1"_s,
                 .parse = Options::integer(1, 65535)});
    options.add({.name = u"ratio"_s,
                 .placeholder = u"N"_s,
                 .defaultValue = u"0"_s,
                 .parse = Options::realNumber(0, 1)});
    options.add({.name = u"pause"_s,
                 .placeholder = u"DURATION"_s,
                 .defaultValue = u"1s"_s,
                 .parse = Options::duration(1)});
    options.add(
        {.name = u"room"_s, .placeholder = u"SIZE"_s, .defaultValue = u"1KiB"_s, .parse = Options::size(1)});
    options.add({.name = u"at"_s,
                 .placeholder = u"HOST:PORT"_s,
                 .defaultValue = u"localhost:1"_s,
                 .parse = Options::hostPort()});
    options.add(
        {.name = u"name"_s, .placeholder = u"NAME"_s, .defaultValue = u"n"_s, .parse = Options::nodeName()});
    options.add({.name = u"loud"_s});
    const auto action = options.parse({u"replog-fuzz"_s, u"--config"_s, u"/proc/self/fd/%1"_s.arg(file)}, {});
    if (!action) {
        FUZZ_CHECK(action.error().code == Errc::InvalidArgument || action.error().code == Errc::Io ||
                   action.error().code == Errc::NotFound);
        FUZZ_CHECK(!action.error().text.isEmpty());
        return 0;
    }
    FUZZ_CHECK(options.number(u"port"_s) >= 1 && options.number(u"port"_s) <= 65535);
    FUZZ_CHECK(options.real(u"ratio"_s) >= 0 && options.real(u"ratio"_s) <= 1);
    FUZZ_CHECK(options.number(u"pause"_s) >= 1 && options.number(u"room"_s) >= 1);
    return 0;
}
