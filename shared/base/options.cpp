// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/options.h"

#include "shared/base/exitcode.h"
#include "shared/base/plaintext.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// Programs whose sections may be in a shared configuration file.
constexpr std::array Programs{"replog-master"_L1, "replog-secondary"_L1, "replog-dashboard"_L1};

QString variableOf(const QString &option)
{
    return u"REPLOG_"_s + option.toUpper().replace(u'-', u'_');
}

// Whether Kubernetes sets this variable in containers beside a service named replog or replog-...: the name
// has the documented form of its service variables, and the value is an address of the service.
bool isOfKubernetes(const QString &variable, const QString &value)
{
    static const QRegularExpression always(
        u"^REPLOG(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$"_s);
    static const QRegularExpression port(u"^REPLOG(_[A-Z0-9_]+)?_PORT$"_s);
    static const QRegularExpression address(u"^(tcp|udp|sctp)://"_s);
    return always.match(variable).hasMatch() ||
           (port.match(variable).hasMatch() && address.match(value).hasMatch());
}

Error bad(const QString &text, const QString &field)
{
    return Error{Errc::InvalidArgument, text, field};
}

// Breaks `text` at spaces, but not at no-break ones, into lines of at most `width` characters.
QStringList wrapped(const QString &text, int width)
{
    QStringList lines;
    QString line;
    for (const QString &word : text.split(u' ', Qt::SkipEmptyParts)) {
        if (!line.isEmpty() && line.size() + 1 + word.size() > width) {
            lines.append(line);
            line.clear();
        }
        line += line.isEmpty() ? word : QString(u' ' + word);
    }
    if (!line.isEmpty())
        lines.append(line);
    lines.replaceInStrings(u"\u00a0"_s, u" "_s);
    return lines;
}

void print(FILE *to, const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), to);
    std::fflush(to);
}

} // namespace

Options::Options(const QString &program, const QString &purpose) : m_program(program), m_purpose(purpose) {}

void Options::beginGroup(const QString &title)
{
    m_group = title;
}

void Options::add(const Option &option)
{
    Q_ASSERT(!find(option.name));
    Option o = option;
    if (o.placeholder.isEmpty()) {
        o.parse = boolean();
        if (o.defaultValue.isEmpty())
            o.defaultValue = u"false"_s;
    } else if (!o.parse) {
        o.parse = [](const QString &text) -> Result<QVariant> { return QVariant(text); };
    }
    m_declared.append({o, m_group});
}

void Options::addExample(const QString &command, const QString &meaning)
{
    m_examples.append({command, meaning});
}

Result<Options::Action> Options::parse(const QStringList &arguments, const QProcessEnvironment &environment)
{
    if (!find(u"config"_s)) {
        beginGroup(u"Other"_s);
        add({.name = u"config"_s,
             .placeholder = u"FILE"_s,
             .help = u"Read options from this INI file, one \"name = value\" a line."_s,
             .parse = nonEmpty()});
    }
    m_values.clear();
    m_warnings.clear();

    QCommandLineParser parser;
    parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsCompactedShortOptions);
    parser.addOption(QCommandLineOption(QStringList{u"h"_s, u"help"_s}));
    parser.addOption(QCommandLineOption(QStringList{u"v"_s, u"version"_s}));
    for (const Declared &d : std::as_const(m_declared)) {
        QStringList names{d.option.name};
        if (!d.option.shortName.isEmpty())
            names.prepend(d.option.shortName);
        parser.addOption(QCommandLineOption(names, d.option.help, d.option.placeholder));
    }
    if (!parser.parse(arguments)) {
        QString text = parser.errorText();
        if (text.endsWith(u'.'))
            text.chop(1);
        const QStringList unknown = parser.unknownOptionNames();
        if (!unknown.isEmpty())
            text =
                u"unknown option %1%2"_s.arg(unknown.first().size() == 1 ? u"-"_s : u"--"_s, unknown.first());
        else if (!text.isEmpty())
            text[0] = text[0].toLower();
        return bad(text + u" (see --help)"_s, unknown.value(0));
    }
    if (parser.isSet(u"help"_s))
        return Action::Help;
    if (parser.isSet(u"version"_s))
        return Action::Version;
    const QStringList positional = parser.positionalArguments();
    if (!positional.isEmpty())
        return bad(u"unexpected argument '%1' (see --help)"_s.arg(positional.first()), {});

    Givens givens;
    for (const Declared &d : std::as_const(m_declared)) {
        if (!d.option.defaultValue.isEmpty())
            givens[d.option.name] = {d.option.defaultValue, u"the default of --"_s + d.option.name, true};
    }
    QString config = environment.value(variableOf(u"config"_s));
    if (parser.isSet(u"config"_s))
        config = parser.value(u"config"_s);
    if (!config.isEmpty()) {
        if (auto collected = collectFile(config, givens); !collected)
            return collected.error();
    }
    if (auto collected = collectEnvironment(environment, givens); !collected)
        return collected.error();
    for (const Declared &d : std::as_const(m_declared)) {
        if (parser.isSet(d.option.name))
            givens[d.option.name] = {d.option.placeholder.isEmpty() ? u"true"_s : parser.value(d.option.name),
                                     u"--"_s + d.option.name};
    }
    if (auto judged = judge(givens); !judged)
        return judged.error();
    return Action::Run;
}

std::optional<int> Options::process()
{
    const auto action = parse(QCoreApplication::arguments(), QProcessEnvironment::systemEnvironment());
    if (!action)
        return failWith(m_program, action.error());
    switch (*action) {
    case Action::Help:
        print(stdout, helpText());
        return 0;
    case Action::Version:
        print(stdout, versionText());
        return 0;
    case Action::Run:
        break;
    }
    return std::nullopt;
}

const Options::Declared *Options::find(const QString &name) const
{
    const auto it = std::find_if(m_declared.cbegin(), m_declared.cend(),
                                 [&](const Declared &d) { return d.option.name == name; });
    return it == m_declared.cend() ? nullptr : &*it;
}

Result<void> Options::judge(const Givens &givens)
{
    for (const Declared &d : std::as_const(m_declared)) {
        const auto given = givens.constFind(d.option.name);
        if (given == givens.constEnd())
            continue;
        auto value = d.option.parse(given->text);
        if (!value)
            return bad(u"%1: '%2' is no good value: %3"_s.arg(given->source, peerText(given->text),
                                                              value.error().text),
                       d.option.name);
        m_values.insert(d.option.name, Value{*value, given->text, given->source, given->isDefault});
    }
    return {};
}

Result<void> Options::collectFile(const QString &path, Givens &givens) const
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return bad(u"--config: cannot read '%1': %2"_s.arg(path, file.errorString()), u"config"_s);
    const QString base = QFileInfo(path).fileName();
    QString section;
    for (int line = 1; !file.atEnd(); ++line) {
        QByteArray bytes = file.readLine();
        if (line == 1 && bytes.startsWith("\xef\xbb\xbf"))
            bytes.remove(0, 3); // the byte order mark that some editors write
        const QString text = QString::fromUtf8(bytes).trimmed();
        if (text.isEmpty() || text.startsWith(u'#') || text.startsWith(u';'))
            continue;
        const QString where = base + u':' + QString::number(line);
        if (text.startsWith(u'[')) {
            if (!text.endsWith(u']'))
                return bad(u"%1: '%2' is no section"_s.arg(where, text), u"config"_s);
            section = text.mid(1, text.size() - 2).trimmed();
            if (section != m_program &&
                std::find(Programs.begin(), Programs.end(), section) == Programs.end())
                return bad(u"%1: unknown section '%2' (one is named as its program, such as [%3])"_s.arg(
                               where, section, m_program),
                           u"config"_s);
            continue;
        }
        if (!section.isEmpty() && section != m_program)
            continue;
        const qsizetype equals = text.indexOf(u'=');
        if (equals < 0)
            return bad(u"%1: '%2' is no 'name = value'"_s.arg(where, text), u"config"_s);
        const QString name = text.left(equals).trimmed();
        QString value = text.mid(equals + 1).trimmed();
        if (value.size() >= 2 && value.startsWith(u'"') && value.endsWith(u'"'))
            value = value.mid(1, value.size() - 2);
        const Declared *declared = find(name);
        if (!declared || name == "config"_L1)
            return bad(u"%1: unknown option '%2'"_s.arg(where, name), name);
        givens[name] = {value, where + u": "_s + name};
    }
    return {};
}

Result<void> Options::collectEnvironment(const QProcessEnvironment &environment, Givens &givens)
{
    QStringList variables = environment.keys();
    variables.sort();
    for (const QString &variable : std::as_const(variables)) {
        if (!variable.startsWith("REPLOG_"_L1))
            continue;
        const QString value = environment.value(variable);
        const QString source = u"environment variable "_s + variable;
        if (isOfKubernetes(variable, value)) {
            m_warnings.append(source + u" is what Kubernetes sets for a service; it is left alone"_s);
            continue;
        }
        const auto it = std::find_if(m_declared.cbegin(), m_declared.cend(), [&](const Declared &d) {
            return variableOf(d.option.name) == variable;
        });
        if (it != m_declared.cend())
            givens[it->option.name] = {value, source};
        else if (const QString owner = m_foreign.value(variable); !owner.isEmpty())
            m_warnings.append(source + u" is an option of "_s + owner + u"; it is left alone"_s);
        else
            return bad(u"%1: %2 has no such option"_s.arg(source, m_program), variable);
    }
    return {};
}

void Options::leaveAlone(const Options &other)
{
    for (const Declared &d : other.m_declared)
        m_foreign.insert(variableOf(d.option.name), other.m_program);
}

const Options::Value &Options::valueOf(const QString &name) const
{
    Q_ASSERT_X(find(name), "Options", "asked for an option that was not declared");
    static const Value none;
    const auto it = m_values.constFind(name);
    return it == m_values.constEnd() ? none : *it;
}

bool Options::isSet(const QString &name) const
{
    return !valueOf(name).isDefault;
}

bool Options::flag(const QString &name) const
{
    return valueOf(name).value.toBool();
}

qint64 Options::number(const QString &name) const
{
    return valueOf(name).value.toLongLong();
}

double Options::real(const QString &name) const
{
    return valueOf(name).value.toDouble();
}

QString Options::text(const QString &name) const
{
    return valueOf(name).value.toString();
}

QUrl Options::url(const QString &name) const
{
    return valueOf(name).value.toUrl();
}

QString Options::written(const QString &name) const
{
    return valueOf(name).written;
}

QString Options::source(const QString &name) const
{
    return valueOf(name).source;
}

QString Options::helpText() const
{
    constexpr int width = 100;
    constexpr int column = 30;
    QString out = u"Usage: %1 [options]\n\n"_s.arg(m_program);
    for (const QString &line : wrapped(m_purpose, width))
        out += line + u'\n';

    const auto entry = [&out](const QString &head, const QString &help) {
        const QStringList lines = wrapped(help, width - column);
        QString first = u"  "_s + head;
        qsizetype next = 0;
        if (first.size() < column - 1 && !lines.isEmpty())
            first = first.leftJustified(column) + lines.at(next++);
        out += first + u'\n';
        for (; next < lines.size(); ++next)
            out += QString(column, u' ') + lines.at(next) + u'\n';
    };
    QString group;
    for (const Declared &d : m_declared) {
        if (d.group != group) {
            group = d.group;
            out += u'\n' + group + u":\n"_s;
        }
        QString head = d.option.shortName.isEmpty() ? u"    "_s : u"-"_s + d.option.shortName + u", "_s;
        head += u"--"_s + d.option.name;
        if (!d.option.placeholder.isEmpty())
            head += u' ' + d.option.placeholder;
        QString help = d.option.help;
        if (!d.option.placeholder.isEmpty() && !d.option.defaultValue.isEmpty())
            help += u" [default:\u00a0%1]"_s.arg(d.option.defaultValue);
        entry(head, help);
    }
    if (!find(u"config"_s)) {
        out += u"\nOther:\n"_s;
        entry(u"    --config FILE"_s, u"Read options from this INI file, one \"name = value\" a line."_s);
    }
    entry(u"-h, --help"_s, u"Show this and end."_s);
    entry(u"-v, --version"_s, u"Show the version and end."_s);

    out +=
        u"\nEvery option can also come from the environment (--retry-base as REPLOG_RETRY_BASE) or from the\n"
        "file that --config names; the command line wins over the environment, that over the file.\n"_s;
    if (!m_examples.isEmpty()) {
        out += u"\nExamples:\n"_s;
        for (const auto &[command, meaning] : m_examples)
            out += u"  %1\n      %2\n"_s.arg(command, meaning);
    }
    return out;
}

QString Options::versionText() const
{
    return m_program + u" "_s + QStringLiteral(REPLOG_VERSION) + u'\n';
}

} // namespace replog
