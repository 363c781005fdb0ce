// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace replog {

// Prepares the standard streams; must be the first call of main(). SIGPIPE and SIGXFSZ are ignored, so
// writing to a closed pipe or socket, or beyond the largest size that the system allows a file, is an error
// of that write and does not end the process. Closed descriptors 0 to 2 are opened on /dev/null, so that no
// file of the store gets one of these numbers and, with it, log lines.
void prepareStandardStreams();

// Writes a line (with its line feed) to a standard stream, and waits at most `waitMs` for its reader. False
// on a time-out or if the stream is closed. Any thread.
bool writeLine(int descriptor, QByteArrayView line, int waitMs = 1000);

} // namespace replog
