// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/sequence/sequencescene.h"

#include "gui/cluster/clustertext.h"
#include "gui/widgets/plaintext.h"

#include <QDateTime>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <climits>
#include <cmath>
#include <numbers>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr double SameMs = 0.0005; // times nearer than this share a row
constexpr double PauseMs = 20;    // a pause of this length or more is labelled
constexpr qreal LeastWidth = 130; // between two life lines
constexpr qreal ArrowHead = 7;
constexpr qreal MarkGap = 9; // between a mark and its text
constexpr qreal EdgeGap = 4; // between a text and the edge of the picture
constexpr qsizetype NameCharacters = 40;

Tone toneOf(const SequenceStep &step)
{
    using Kind = SequenceStep::Kind;
    if (step.lost)
        return Tone::Bad;
    if (step.unknown)
        return Tone::Muted;
    switch (step.kind) {
    case Kind::Append:
        return Tone::Normal;
    case Kind::Delivery:
        return Tone::Info;
    case Kind::Retry:
        return Tone::Warning;
    case Kind::Ack:
    case Kind::Durable:
        return Tone::Muted;
    case Kind::Answer:
        return step.how == "satisfied"_L1 ? Tone::Good : Tone::Warning;
    case Kind::Committed:
        return Tone::Good;
    case Kind::Refusal:
    case Kind::Missed:
    case Kind::Silent:
        return Tone::Bad;
    }
    return Tone::Normal;
}

QString duration(double ms)
{
    const QLocale locale;
    if (ms < 10)
        return SequenceScene::tr("%1 ms").arg(locale.toString(ms, 'f', 2));
    if (ms < 1000)
        return SequenceScene::tr("%1 ms").arg(locale.toString(ms, 'f', 0));
    return SequenceScene::tr("%1 s").arg(locale.toString(ms / 1000, 'f', 1));
}

QPolygonF arrowHead(const QLineF &line)
{
    if (line.length() < 1)
        return {};
    const QLineF unit = line.unitVector();
    const QPointF along(unit.dx(), unit.dy());
    const QPointF across(-along.y(), along.x());
    const QPointF base = line.p2() - along * ArrowHead;
    return QPolygonF{line.p2(), base + across * ArrowHead / 2, base - across * ArrowHead / 2};
}

QString svgNumber(qreal value)
{
    return QString::number(value, 'f', 1);
}

} // namespace

QString SequenceScene::ids(quint64 first, quint64 last)
{
    return first == last || first == 0 ? QString::number(last) : u"%1–%2"_s.arg(first).arg(last);
}

QString SequenceScene::labelOf(const SequenceStep &step)
{
    using Kind = SequenceStep::Kind;
    const QString messages = ids(step.first, step.last);
    const QString target = PlainText::oneLine(step.to, NameCharacters);
    switch (step.kind) {
    case Kind::Append:
        return tr("append %1, w=%2").arg(messages).arg(step.w);
    // One that has not arrived does not reach the life line of its target, so the text names it.
    case Kind::Delivery:
        return step.lost      ? tr("deliver %1 to %2: lost").arg(messages, target)
               : step.unknown ? tr("deliver %1 to %2: unknown").arg(messages, target)
               : step.end < 0 ? tr("deliver %1 to %2").arg(messages, target)
                              : tr("deliver %1").arg(messages);
    case Kind::Retry:
        return step.lost      ? tr("deliver %1 to %2 again: lost").arg(messages, target)
               : step.unknown ? tr("deliver %1 to %2 again: unknown").arg(messages, target)
               : step.end < 0 ? tr("deliver %1 to %2 again").arg(messages, target)
                              : tr("deliver %1 again").arg(messages);
    case Kind::Ack:
        return tr("ack %1").arg(messages);
    case Kind::Refusal:
        return tr("no ack: it stands at %1").arg(step.last);
    case Kind::Answer:
        if (step.how == "satisfied"_L1)
            return tr("OK %1").arg(messages);
        if (step.how == "timed-out"_L1)
            return tr("%1 timed out").arg(messages);
        if (step.how == "released"_L1)
            return tr("%1 given up").arg(messages);
        return u"%1: %2"_s.arg(messages, step.how);
    case Kind::Durable:
        return tr("%1 durable").arg(messages);
    case Kind::Committed:
        return tr("%1 committed").arg(messages);
    case Kind::Missed:
        return tr("%n event(s) missed", nullptr, int(std::min<quint64>(step.missed, INT_MAX)));
    case Kind::Silent:
        return tr("silent since %1")
            .arg(ClusterText::moment(QDateTime::fromMSecsSinceEpoch(qint64(step.begin))));
    }
    return {};
}

// Gives the text its place around `y`, from `x` to the right or as far left of it as the picture ends there.
void SequenceScene::place(Shape &shape, qreal x, qreal y, const QFontMetrics &metrics) const
{
    const qreal most = m_size.width() - 2 * EdgeGap;
    qreal width = metrics.horizontalAdvance(shape.text) + 1;
    if (width > most) {
        shape.text = metrics.elidedText(shape.text, Qt::ElideMiddle, int(most));
        width = std::min<qreal>(most, metrics.horizontalAdvance(shape.text) + 1);
    }
    const qreal left = std::clamp(x, EdgeGap, m_size.width() - EdgeGap - width);
    shape.place = QRectF(left, y - metrics.height() / 2.0, width, metrics.height());
}

void SequenceScene::addTime(qreal y, const QString &text, const QFontMetrics &metrics)
{
    Shape shape;
    shape.kind = Shape::Kind::Time;
    shape.line = QLineF(EdgeGap, y, EdgeGap, y);
    shape.tone = Tone::Muted;
    shape.text = text;
    place(shape, EdgeGap, y, metrics);
    m_shapes.append(shape);
}

// A row for each moment at which anything begins or arrives.
void SequenceScene::addTimes(const QList<SequenceStep> &steps, const QFontMetrics &metrics)
{
    QList<double> times;
    for (const SequenceStep &step : steps) {
        times.append(step.begin);
        if (step.end >= 0)
            times.append(step.end);
    }
    std::sort(times.begin(), times.end());
    const qreal least = metrics.height() * 1.25;
    qreal y = m_head + metrics.height();
    for (double time : std::as_const(times)) {
        if (m_rows.isEmpty()) {
            m_rows.append({time, y});
        } else if (time - m_rows.last().first > SameMs) {
            const double pause = time - m_rows.last().first;
            const qreal step =
                least + std::min<qreal>(3 * least, std::log2(1 + pause) * metrics.height() * 0.4);
            if (pause >= PauseMs)
                addTime(y + step / 2, u"↕ "_s + duration(pause), metrics);
            y += step;
            m_rows.append({time, y});
        }
    }
    m_size.setHeight(y + metrics.height() * 1.5);
}

qreal SequenceScene::yOf(double time) const
{
    const auto row = std::lower_bound(m_rows.begin(), m_rows.end(), time - SameMs,
                                      [](const auto &a, double wanted) { return a.first < wanted; });
    return row == m_rows.end() ? m_size.height() : row->second;
}

SequenceScene SequenceScene::build(const QList<SequenceStep> &steps, const QStringList &nodes, qreal width,
                                   const QFontMetrics &metrics)
{
    SequenceScene scene;
    scene.m_steps = steps.size();
    scene.m_lineHeight = metrics.height();
    scene.m_head = metrics.height() * 1.8;
    const qreal margin = metrics.horizontalAdvance(u"+00000.00 ms"_s) + 12;
    const qreal lines = qreal(nodes.size()) + 1;
    // The texts beside the last life line need room at the right edge.
    qreal room = LeastWidth / 2;
    for (const SequenceStep &step : steps) {
        if (step.isMark() && !nodes.isEmpty() && step.from == nodes.last())
            room = std::max(room, metrics.horizontalAdvance(labelOf(step)) + 1 + MarkGap + EdgeGap);
    }
    qreal apart = (width - margin) / lines;
    if (apart / 2 < room)
        apart = (width - margin - room) / (lines - 0.5);
    apart = std::max(LeastWidth, apart);
    scene.m_size.setWidth(margin + apart * (lines - 0.5) + std::max(apart / 2, room));
    const auto xOf = [&](const QString &node) {
        const qsizetype index = node.isEmpty() ? 0 : nodes.indexOf(node) + 1;
        return node.isEmpty() || index > 0 ? margin + apart * (qreal(index) + 0.5) : -1;
    };
    scene.m_lines.append({tr("client"), xOf({})});
    for (const QString &node : nodes)
        scene.m_lines.append({PlainText::oneLine(node, NameCharacters), xOf(node)});
    scene.addTimes(steps, metrics);
    if (steps.isEmpty())
        return scene;
    const double begin = scene.m_rows.first().first;
    for (const auto &[time, y] : std::as_const(scene.m_rows))
        scene.addTime(y, u"+"_s + duration(time - begin), metrics);
    for (const SequenceStep &step : steps) {
        const qreal from = xOf(step.from), to = xOf(step.to);
        if (from < 0 || to < 0)
            continue; // its node is no longer in the cluster
        Shape shape;
        shape.tone = toneOf(step);
        shape.text = labelOf(step);
        shape.dashed = step.kind == SequenceStep::Kind::Ack || step.kind == SequenceStep::Kind::Answer;
        const QPointF start(from, scene.yOf(step.begin));
        if (step.isMark()) {
            shape.kind = step.kind == SequenceStep::Kind::Durable ? Shape::Kind::Dot : Shape::Kind::Tick;
            shape.line = QLineF(start, start);
            scene.place(shape, from + MarkGap, start.y(), metrics);
        } else if (step.end >= 0) {
            shape.kind = Shape::Kind::Arrow;
            shape.line = QLineF(start, QPointF(to, scene.yOf(step.end)));
        } else {
            // An arrow that has not arrived ends before its target, and past all other life lines on the way
            // there; a lost one gets a cross.
            shape.kind = step.lost ? Shape::Kind::Broken : Shape::Kind::Open;
            const qreal before = to > from ? -apart / 2 : apart / 2;
            shape.line = QLineF(start, QPointF(to + before, start.y() + metrics.height() * 0.6));
        }
        if (!step.isMark()) {
            const qreal y = shape.kind == Shape::Kind::Arrow ? shape.line.center().y() : start.y();
            scene.place(shape, (from + to - metrics.horizontalAdvance(shape.text)) / 2,
                        y - metrics.height() / 2.0 - 1, metrics);
        }
        scene.m_shapes.append(shape);
    }
    std::stable_sort(scene.m_shapes.begin(), scene.m_shapes.end(),
                     [](const Shape &a, const Shape &b) { return a.line.y1() < b.line.y1(); });
    return scene;
}

void SequenceScene::paint(QPainter *painter, const QPalette &palette, qreal top, qreal bottom) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QColor lifeLine = palette.color(QPalette::Mid);
    for (const auto &[name, x] : m_lines) {
        painter->setPen(QPen(lifeLine, 1, Qt::DashLine));
        painter->drawLine(QPointF(x, top), QPointF(x, bottom));
    }
    for (const Shape &shape : m_shapes) {
        const qreal lower = std::max(shape.line.y1(), shape.line.y2()) + m_lineHeight;
        if (lower < top)
            continue;
        if (shape.line.y1() - 2 * m_lineHeight > bottom)
            break;
        const QColor ink = toneColor(palette, shape.tone);
        painter->setPen(QPen(ink, 1.4, shape.dashed ? Qt::DashLine : Qt::SolidLine));
        painter->setBrush(ink);
        const QPointF at = shape.line.p1();
        const QPointF end = shape.line.p2();
        switch (shape.kind) {
        case Shape::Kind::Arrow:
        case Shape::Kind::Broken:
        case Shape::Kind::Open: {
            painter->drawLine(shape.line);
            painter->setPen(Qt::NoPen);
            if (shape.kind == Shape::Kind::Broken) {
                painter->setPen(QPen(ink, 2));
                painter->drawLine(end + QPointF(-5, -5), end + QPointF(5, 5));
                painter->drawLine(end + QPointF(-5, 5), end + QPointF(5, -5));
            } else {
                painter->drawPolygon(arrowHead(shape.line));
            }
            break;
        }
        case Shape::Kind::Dot:
        case Shape::Kind::Tick:
            painter->setPen(Qt::NoPen);
            if (shape.kind == Shape::Kind::Dot)
                painter->drawEllipse(at, 3.5, 3.5);
            else
                painter->drawRect(QRectF(at.x() - 6, at.y() - 2, 12, 4));
            break;
        case Shape::Kind::Time:
            break;
        }
        painter->setPen(ink);
        painter->drawText(shape.place, Qt::AlignCenter | Qt::TextSingleLine | Qt::TextDontClip, shape.text);
    }
    // Names stay visible at the top while the view scrolls.
    painter->fillRect(QRectF(0, top, m_size.width(), m_head), palette.color(QPalette::Base));
    QFont bold = painter->font();
    bold.setBold(true);
    painter->setFont(bold);
    painter->setPen(palette.color(QPalette::Text));
    for (const auto &[name, x] : m_lines)
        painter->drawText(QRectF(x - LeastWidth / 2, top, LeastWidth, m_head), Qt::AlignCenter,
                          painter->fontMetrics().elidedText(name, Qt::ElideMiddle, int(LeastWidth)));
    painter->setPen(palette.color(QPalette::Mid));
    painter->drawLine(QPointF(0, top + m_head), QPointF(m_size.width(), top + m_head));
    painter->restore();
}

QByteArray SequenceScene::toSvg(const QPalette &palette) const
{
    const auto color = [&](Tone tone) { return toneColor(palette, tone).name(); };
    const auto text = [&](const QPointF &at, const QString &fill, const QString &what, bool bold = false) {
        return u"<text x=\"%1\" y=\"%2\" text-anchor=\"middle\" fill=\"%3\"%4>%5</text>\n"_s.arg(
            svgNumber(at.x()), svgNumber(at.y()), fill, bold ? u" font-weight=\"bold\""_s : QString(),
            PlainText::html(what));
    };
    const auto line = [&](const QLineF &way, const QString &stroke, const QString &dash) {
        return u"<line x1=\"%1\" y1=\"%2\" x2=\"%3\" y2=\"%4\" stroke=\"%5\" stroke-width=\"1.4\"%6/>\n"_s
            .arg(svgNumber(way.x1()), svgNumber(way.y1()), svgNumber(way.x2()), svgNumber(way.y2()), stroke,
                 dash.isEmpty() ? QString() : u" stroke-dasharray=\"%1\""_s.arg(dash));
    };
    const QString width = svgNumber(m_size.width()), height = svgNumber(m_size.height());
    QString svg =
        u"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1\" height=\"%2\" viewBox=\"0 0 %1 %2\" "
        "font-family=\"sans-serif\" font-size=\"%3\">\n<rect width=\"%1\" height=\"%2\" fill=\"%4\"/>\n"_s
            .arg(width, height, svgNumber(m_lineHeight * 0.75), palette.color(QPalette::Base).name());
    for (const auto &[name, x] : m_lines) {
        svg += line(QLineF(x, m_head, x, m_size.height()), palette.color(QPalette::Mid).name(), u"4 3"_s);
        svg += text({x, m_head * 0.65}, palette.color(QPalette::Text).name(), name, true);
    }
    for (const Shape &shape : m_shapes) {
        const QString ink = color(shape.tone);
        const QPointF at = shape.line.p1();
        const QPointF end = shape.line.p2();
        switch (shape.kind) {
        case Shape::Kind::Arrow:
        case Shape::Kind::Broken:
        case Shape::Kind::Open: {
            svg += line(shape.line, ink, shape.dashed ? u"5 3"_s : QString());
            if (shape.kind == Shape::Kind::Broken) {
                svg += line(QLineF(end + QPointF(-5, -5), end + QPointF(5, 5)), ink, {});
                svg += line(QLineF(end + QPointF(-5, 5), end + QPointF(5, -5)), ink, {});
            } else {
                QStringList points;
                for (const QPointF &point : arrowHead(shape.line))
                    points.append(svgNumber(point.x()) + u',' + svgNumber(point.y()));
                svg += u"<polygon points=\"%1\" fill=\"%2\"/>\n"_s.arg(points.join(u' '), ink);
            }
            break;
        }
        case Shape::Kind::Dot:
            svg += u"<circle cx=\"%1\" cy=\"%2\" r=\"3.5\" fill=\"%3\"/>\n"_s.arg(svgNumber(at.x()),
                                                                                  svgNumber(at.y()), ink);
            break;
        case Shape::Kind::Tick:
            svg += u"<rect x=\"%1\" y=\"%2\" width=\"12\" height=\"4\" fill=\"%3\"/>\n"_s.arg(
                svgNumber(at.x() - 6), svgNumber(at.y() - 2), ink);
            break;
        case Shape::Kind::Time:
            break;
        }
        svg += text({shape.place.center().x(), shape.place.center().y() + 4}, ink, shape.text);
    }
    return (svg + u"</svg>\n"_s).toUtf8();
}

} // namespace replog
