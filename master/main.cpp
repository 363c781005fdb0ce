// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masteroptions.h"
#include "master/masterservice.h"
#include "secondary/secondaryoptions.h"
#include "shared/node/nodemain.h"

int main(int argc, char **argv)
{
    replog::Options options = replog::masterOptions();
    options.leaveAlone(replog::secondaryOptions());
    return replog::runNode<replog::MasterService>(argc, argv, options);
}
