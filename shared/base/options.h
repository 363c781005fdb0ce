// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QHash>
#include <QList>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <QUrl>
#include <QVariant>

#include <functional>
#include <limits>
#include <optional>

namespace replog {

// The options of one program, declared once; from the declaration come parsing, validation and --help.
//
// Sources, the first that names an option wins: command line, environment (REPLOG_ and the name in upper case
// with underscores: --retry-base is REPLOG_RETRY_BASE), the INI file named by --config, the default. Only the
// value that wins is judged. In the file an option stands before any section or below a section named as the
// program; sections of other replog programs are passed over. An unknown option, variable or key and a value
// that does not parse are an InvalidArgument whose text names the option and the source it came from.
//
// Variables of the environment that were not meant for this program are left alone, with a warning: what
// Kubernetes sets in every container beside a service named replog or replog-... (REPLOG_PORT=tcp://...,
// REPLOG_SERVICE_HOST), and the options of the programs given to leaveAlone().
//
// --help, --version and --config are there by themselves. Any thread, but one at a time.
class Options
{
public:
    // Turns the text of a value into what the getters give; the Error's text says what is expected.
    using Parser = std::function<Result<QVariant>(const QString &text)>;

    struct Option
    {
        QString name;              // "retry-base"
        QString shortName = {};    // "p", or none
        QString placeholder = {};  // "DURATION" for --help; none makes it a switch
        QString defaultValue = {}; // as the user would write it; none: isSet() is false without a source
        QString help = {};         // a sentence or two
        Parser parse = {};         // none: any text (a switch: a boolean)
    };

    // `purpose` is the paragraph that --help begins with.
    Options(const QString &program, const QString &purpose);

    void beginGroup(const QString &title); // options added from here on stand below it
    void add(const Option &option);
    void addExample(const QString &command, const QString &meaning);
    // Variables of the environment that are options of `other` and not of this program are that program's.
    void leaveAlone(const Options &other);

    enum class Action { Run, Help, Version };
    // `arguments` as from QCoreApplication::arguments(), the program first.
    Result<Action> parse(const QStringList &arguments, const QProcessEnvironment &environment);
    // parse() of this process; prints the help or version on stdout or the error on stderr. Gives the exit
    // code if the program is to end now.
    std::optional<int> process();
    // What parse() found and left alone: a line each, for the log once there is one.
    const QStringList &warnings() const { return m_warnings; }

    // What a value is after parse(). Asking for an option that was not declared, or by another type, is a bug
    // of the program and asserts.
    bool isSet(const QString &name) const; // a source other than the default named it
    bool flag(const QString &name) const;
    qint64 number(const QString &name) const; // integers, durations in ms, sizes in bytes
    double real(const QString &name) const;
    QString text(const QString &name) const;
    QUrl url(const QString &name) const;
    QString written(const QString &name) const; // as the source has it
    // Where the value came from, for messages: "--port", "REPLOG_PORT", "replog.ini:3: port", "the default of
    // --port".
    QString source(const QString &name) const;

    QString helpText() const;
    QString versionText() const;

    static Parser integer(qint64 min, qint64 max = std::numeric_limits<qint64>::max());
    static Parser realNumber(double min, double max);
    // "50ms", "2s", "1.5m", "1h", or "0"; a number with no unit is an error. In ms.
    static Parser duration(qint64 minMs, qint64 maxMs = std::numeric_limits<qint32>::max());
    // "512", "64KiB", "1MiB", "1GiB", and KB, MB, GB in powers of 1000. In bytes.
    static Parser size(qint64 min, qint64 max = std::numeric_limits<qint64>::max());
    static Parser boolean(); // true false yes no on off 1 0
    static Parser oneOf(const QStringList &values);
    static Parser hostPort(); // "host:port", "[::1]:port"; or as httpUrl(); as url()
    static Parser httpUrl(); // as parseNodeUrl() in shared/base/nodeurl.h, the port may be left out; as url()
    static Parser nonEmpty();
    // A node's name: 1 to 64 letters, digits, '.', '_' and '-', the first a letter or digit.
    static Parser nodeName();

private:
    struct Declared
    {
        Option option;
        QString group;
    };
    struct Value
    {
        QVariant value;
        QString written;
        QString source;
        bool isDefault = true;
    };
    const Declared *find(const QString &name) const;
    const Value &valueOf(const QString &name) const;
    // A value as a source has it, not judged yet.
    struct Given
    {
        QString text;
        QString source;
        bool isDefault = false;
    };
    using Givens = QHash<QString, Given>; // by option; later sources replace what earlier ones gave
    Result<void> collectFile(const QString &path, Givens &givens) const;
    Result<void> collectEnvironment(const QProcessEnvironment &environment, Givens &givens);
    Result<void> judge(const Givens &givens);

    QString m_program;
    QString m_purpose;
    QString m_group;
    QList<Declared> m_declared;
    QList<QPair<QString, QString>> m_examples;
    QHash<QString, Value> m_values;
    QHash<QString, QString> m_foreign; // variables of other programs, and whose they are
    QStringList m_warnings;
};

} // namespace replog
