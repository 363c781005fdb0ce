// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctlcommands.h"
#include "ctl/ctloptions.h"
#include "ctl/ctloutput.h"

#include "shared/base/standardstreams.h"

#include <QCoreApplication>

int main(int argc, char **argv)
{
    using namespace replog;
    prepareStandardStreams();
    QCoreApplication application(argc, argv);
    const auto options =
        parseCtlOptions(QCoreApplication::arguments(), QProcessEnvironment::systemEnvironment());
    if (!options) {
        ctloutput::error(options.error().text);
        return ctlexit::Usage;
    }
    return ctloutput::finish(*options ? runCommand(**options) : ctlexit::Ok);
}
