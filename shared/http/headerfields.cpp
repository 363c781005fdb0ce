// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/headerfields.h"

#include <cstring>

namespace replog {

char *HeaderFields::setText(QByteArrayView head)
{
    m_places.clear();
    m_text = head.toByteArray();
    return m_text.data();
}

void HeaderFields::add(QByteArrayView name, QByteArrayView value)
{
    const char *const begin = m_text.constData();
    m_places.append({quint32(name.data() - begin), quint32(name.size()), quint32(value.data() - begin),
                     quint32(value.size())});
}

void HeaderFields::append(QByteArrayView name, QByteArrayView value)
{
    const auto at = quint32(m_text.size());
    m_text.append(name).append(value);
    m_places.append({at, quint32(name.size()), at + quint32(name.size()), quint32(value.size())});
}

void HeaderFields::setValue(qsizetype i, QByteArrayView value)
{
    m_places[i].value = quint32(value.data() - m_text.constData());
    m_places[i].valueSize = quint32(value.size());
}

HeaderFields::Field HeaderFields::at(qsizetype i) const
{
    const Place &place = m_places.at(i);
    const char *const begin = m_text.constData();
    return {{begin + place.name, qsizetype(place.nameSize)},
            {begin + place.value, qsizetype(place.valueSize)}};
}

QByteArrayView HeaderFields::value(QByteArrayView lowerCaseName) const
{
    const char *const begin = m_text.constData();
    for (const Place &place : m_places) {
        if (qsizetype(place.nameSize) == lowerCaseName.size() &&
            std::memcmp(begin + place.name, lowerCaseName.data(), place.nameSize) == 0)
            return {begin + place.value, qsizetype(place.valueSize)};
    }
    return {};
}

} // namespace replog
