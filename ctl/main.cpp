// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctlcommands.h"
#include "ctl/ctloptions.h"
#include "ctl/ctloutput.h"

#include <QCoreApplication>

#include <csignal>

int main(int argc, char **argv)
{
    using namespace replog;
    std::signal(SIGPIPE, SIG_IGN);
    QCoreApplication application(argc, argv);
    const auto options =
        parseCtlOptions(QCoreApplication::arguments(), QProcessEnvironment::systemEnvironment());
    if (!options) {
        ctloutput::error(options.error().text);
        return ctlexit::Usage;
    }
    if (!*options)
        return ctlexit::Ok;
    const int code = runCommand(**options);
    ctloutput::flush();
    return code;
}
