// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/masteroptions.h"
#include "master/masterservice.h"
#include "shared/node/nodemain.h"

int main(int argc, char **argv)
{
    return replog::runNode<replog::MasterService>(argc, argv, replog::masterOptions());
}
