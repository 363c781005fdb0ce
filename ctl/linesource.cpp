// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/linesource.h"

#include <iostream>
#include <string>

namespace replog {

LineSource::LineSource(int ahead, QObject *parent) : QObject(parent), m_room(ahead) {}

LineSource::~LineSource()
{
    if (m_thread.joinable())
        m_thread.detach();
}

void LineSource::start()
{
    m_thread = std::thread([this] {
        std::string line;
        while (std::getline(std::cin, line)) {
            m_room.acquire();
            QMetaObject::invokeMethod(
                this, [this, bytes = QByteArray::fromStdString(line)] { emit lineRead(bytes); },
                Qt::QueuedConnection);
        }
        QMetaObject::invokeMethod(this, &LineSource::ended, Qt::QueuedConnection);
    });
}

} // namespace replog
