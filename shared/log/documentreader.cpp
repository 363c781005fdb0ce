// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/documentreader.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// Names come from outside: shows as much of one as a person needs, and no control characters.
QString shown(QByteArrayView name)
{
    constexpr qsizetype MaxShown = 64;
    QString text = QString::fromUtf8(name.first(std::min(name.size(), 2 * MaxShown))).left(MaxShown);
    for (QChar &c : text) {
        if (!c.isPrint())
            c = u'?';
    }
    return text;
}

} // namespace

bool DocumentReader::fail(const QString &what)
{
    if (!m_ok)
        return false;
    m_ok = false;
    const QString path = pathOf(m_step);
    const QString field = path.isEmpty() ? u"body"_s : path;
    m_error = {Errc::InvalidArgument, field + u": "_s + what, field};
    return false;
}

bool DocumentReader::failField(QByteArrayView name, const QString &what)
{
    Path path(*this);
    path.setField(name);
    return fail(what);
}

bool DocumentReader::maySkip(QByteArrayView name)
{
    if (m_unknown == Unknown::Refuse)
        return failField(name, u"is not a known field"_s);
    if (m_skipped.isEmpty()) {
        Path path(*this);
        path.setField(name);
        m_skipped = pathOf(m_step);
    }
    return true;
}

void DocumentReader::failNumber(quint64 min, quint64 max)
{
    fail(u"must be a whole number from %1 to %2"_s.arg(min).arg(max));
}

void DocumentReader::failSize(qsizetype maxBytes)
{
    fail(u"is over the limit of %1 bytes"_s.arg(maxBytes));
}

QString DocumentReader::pathOf(const Step *step) const
{
    if (!step)
        return {};
    QString path = pathOf(step->outer);
    if (step->index >= 0)
        return path + u"[%1]"_s.arg(step->index);
    if (step->field.isEmpty())
        return path;
    return path.isEmpty() ? shown(step->field) : path + u'.' + shown(step->field);
}

} // namespace replog
