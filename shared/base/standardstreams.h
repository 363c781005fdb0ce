// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace replog {

// Makes the process independent of who started it and reads its output; the first call of main(). Whoever
// ends reading a pipe or a socket is an error of that write, not the end of the process (SIGPIPE is ignored),
// and descriptors 0 to 2 that were closed lead to /dev/null, so that no file of the store gets one of them
// and log lines with it.
void prepareStandardStreams();

// Writes a line (with its line feed) to a standard stream, waiting at most `waitMs` for whoever reads it.
// False if that was not long enough or nobody reads. Any thread.
bool writeLine(int descriptor, QByteArrayView line, int waitMs = 1000);

} // namespace replog
