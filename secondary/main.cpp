// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masteroptions.h"
#include "secondary/secondaryoptions.h"
#include "secondary/secondaryservice.h"
#include "shared/node/nodemain.h"

int main(int argc, char **argv)
{
    replog::Options options = replog::secondaryOptions();
    options.leaveAlone(replog::masterOptions());
    return replog::runNode<replog::SecondaryService>(argc, argv, options);
}
