// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/fewcolours.h"

#include <QHash>
#include <QList>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace replog {

namespace {

int distance(QRgb one, QRgb other)
{
    const int red = qRed(one) - qRed(other), green = qGreen(one) - qGreen(other),
              blue = qBlue(one) - qBlue(other);
    return red * red + green * green + blue * blue;
}

} // namespace

// Half of the table has the most frequent colours. Each further one is the colour with the largest error so
// far (frequency times distance).
QImage fewColours(const QImage &picture)
{
    struct Colour
    {
        QRgb value;
        int count;
        int toTable; // distance to the nearest colour in the table
    };
    QHash<QRgb, int> counts;
    for (int y = 0; y < picture.height(); ++y) {
        const auto *line = reinterpret_cast<const QRgb *>(picture.constScanLine(y));
        for (int x = 0; x < picture.width(); ++x)
            ++counts[line[x]];
    }
    std::vector<Colour> colours;
    for (auto it = counts.cbegin(); it != counts.cend(); ++it)
        colours.push_back({it.key(), it.value(), std::numeric_limits<int>::max()});
    std::sort(colours.begin(), colours.end(), [](const Colour &a, const Colour &b) {
        return std::pair(b.count, a.value) < std::pair(a.count, b.value);
    });
    QList<QRgb> table;
    while (table.size() < 256 && table.size() < qsizetype(colours.size())) {
        const auto missed = [](const Colour &colour) {
            return double(colour.toTable) * std::sqrt(double(colour.count));
        };
        const auto next =
            table.size() < 128
                ? colours.begin() + table.size()
                : std::max_element(colours.begin(), colours.end(),
                                   [&](const Colour &a, const Colour &b) { return missed(a) < missed(b); });
        table.append(next->value);
        for (Colour &colour : colours)
            colour.toTable = qMin(colour.toTable, distance(colour.value, table.last()));
    }
    QHash<QRgb, uchar> places;
    const auto placeOf = [&](QRgb colour) {
        if (const auto known = places.constFind(colour); known != places.constEnd())
            return *known;
        const auto nearest = std::min_element(table.begin(), table.end(), [&](QRgb a, QRgb b) {
            return distance(a, colour) < distance(b, colour);
        });
        return *places.insert(colour, uchar(nearest - table.begin()));
    };
    QImage indexed(picture.size(), QImage::Format_Indexed8);
    indexed.setColorTable(table);
    for (int y = 0; y < picture.height(); ++y) {
        const auto *from = reinterpret_cast<const QRgb *>(picture.constScanLine(y));
        uchar *to = indexed.scanLine(y);
        for (int x = 0; x < picture.width(); ++x)
            to[x] = placeOf(from[x]);
    }
    return indexed;
}

} // namespace replog
