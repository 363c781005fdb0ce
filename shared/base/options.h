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

// The options of one program, declared once; parsing, validation and --help follow from the declaration.
//
// Sources in order of precedence: command line, environment (REPLOG_ and the name in upper case with
// underscores: --retry-base is REPLOG_RETRY_BASE), the INI file named by --config, the default. Only the
// value with the highest precedence is parsed. In the file an option is before any section or in a section
// named like the program; sections of other replog programs are skipped. An unknown option, variable or key,
// or a value that cannot be parsed, gives an InvalidArgument whose text names the option and its source.
//
// Some environment variables are ignored with a warning, because they are not meant for this program: those
// that Kubernetes sets in every container beside a service named replog or replog-... (REPLOG_PORT=tcp://...,
// REPLOG_SERVICE_HOST), and options of the programs given to leaveAlone().
//
// --help, --version and --config are built in. Any thread, but one at a time.
class Options
{
public:
    // Parses the text of a value; the Error's text says what is expected.
    using Parser = std::function<Result<QVariant>(const QString &text)>;

    struct Option
    {
        QString name;             // "retry-base"
        QString shortName = {};   // "p"; empty: none
        QString placeholder = {}; // "DURATION" for --help; empty: the option is a switch
        // As a user would write it; empty: no default, isSet() is false without a source.
        QString defaultValue = {};
        QString help = {}; // a sentence or two
        Parser parse = {}; // null: any text, for a switch a boolean
    };

    // `purpose`: the first paragraph of --help.
    Options(const QString &program, const QString &purpose);

    void beginGroup(const QString &title); // heading in --help of the options added after this call
    void add(const Option &option);
    void addExample(const QString &command, const QString &meaning);
    // Ignores environment variables of options that `other` has and this program has not.
    void leaveAlone(const Options &other);

    enum class Action { Run, Help, Version };
    // `arguments` as from QCoreApplication::arguments(): the first is the program.
    Result<Action> parse(const QStringList &arguments, const QProcessEnvironment &environment);
    // Parses the arguments of this process; prints help or version on stdout, or the error on stderr. Returns
    // an exit code if the program must end now.
    std::optional<int> process();
    // A line for each variable that parse() ignored, for the log.
    const QStringList &warnings() const { return m_warnings; }

    // Values after parse(). An option that was not declared, or has another type, is a bug and asserts.
    bool isSet(const QString &name) const; // a source other than the default named it
    bool flag(const QString &name) const;
    qint64 number(const QString &name) const; // integers, durations in ms, sizes in bytes
    double real(const QString &name) const;
    QString text(const QString &name) const;
    QUrl url(const QString &name) const;
    QString written(const QString &name) const; // the text from the source
    // The source of the value, for messages: "--port", "REPLOG_PORT", "replog.ini:3: port", "the default of
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
    static Parser hostPort(); // "host:port", "[::1]:port", or as httpUrl(); read with url()
    static Parser httpUrl();  // as parseNodeUrl() with an optional port; read with url()
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
    // A value from a source, not parsed yet.
    struct Given
    {
        QString text;
        QString source;
        bool isDefault = false;
    };
    // By option; each source replaces values of those read before.
    using Givens = QHash<QString, Given>;
    Result<void> collectFile(const QString &path, Givens &givens) const;
    Result<void> collectEnvironment(const QProcessEnvironment &environment, Givens &givens);
    Result<void> judge(const Givens &givens);

    QString m_program;
    QString m_purpose;
    QString m_group;
    QList<Declared> m_declared;
    QList<QPair<QString, QString>> m_examples;
    QHash<QString, Value> m_values;
    QHash<QString, QString> m_foreign; // variable of another program -> that program
    QStringList m_warnings;
};

} // namespace replog
