// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/secondaryoptions.h"
#include "secondary/secondaryservice.h"
#include "shared/node/nodemain.h"

int main(int argc, char **argv)
{
    return replog::runNode<replog::SecondaryService>(argc, argv, replog::secondaryOptions());
}
