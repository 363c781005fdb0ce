// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/nodeclient.h"

#include "client/clienttls.h"
#include "gui/widgets/plaintext.h"

#include <QJsonDocument>
#include <QNetworkAccessManager>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr int ReopenBaseMs = 150;
constexpr int ReopenMaxMs = 1000;
// QuietMs + ProbeLimitMs < 1000: after a second without an answer a node is shown as silent.
constexpr int QuietMs = 350; // after so long without an event the node is asked for its status
constexpr int ProbeLimitMs = 500;
constexpr int ConnectLimitMs = 3000; // from opening the stream to its first event
constexpr qsizetype EventLimit = 64 * 1024 * 1024;
constexpr qint64 MostBytes = 128 * 1024 * 1024; // of an answer
constexpr qint64 MostErrorBytes = 1024 * 1024;  // of one whose status is not 2xx
constexpr qsizetype ErrorCharacters = 500;

bool isNamed(const ClientOptions &options, const QUrl &url)
{
    return std::any_of(options.nodes.begin(), options.nodes.end(), [&url](const QUrl &node) {
        const int port = node.scheme() == "https"_L1 ? 443 : 80;
        return node.scheme() == url.scheme() && node.host() == url.host() &&
               node.port(port) == url.port(port);
    });
}

QNetworkRequest requestTo(const QUrl &base, const ClientOptions &options, const QSslConfiguration &tls,
                          const QString &path)
{
    QUrl url(base);
    const qsizetype query = path.indexOf(u'?');
    url.setPath(query < 0 ? path : path.left(query), QUrl::TolerantMode);
    url.setQuery(query < 0 ? QString() : path.mid(query + 1));
    QNetworkRequest request(url);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    // Follow no redirection: it could send our token elsewhere.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    if (!options.token.isEmpty() && isNamed(options, url))
        request.setRawHeader("Authorization", "Bearer " + options.token);
    if (url.scheme() == "https"_L1)
        request.setSslConfiguration(tls);
    return request;
}

// The detail of a problem+json document, else the network error.
QString rawErrorOf(QNetworkReply *reply, int status, const QByteArray &body, const ClientOptions &options)
{
    if (status == 401 && !options.token.isEmpty() && !isNamed(options, reply->url()))
        return NodeClient::tr("It asks for a token, which goes to named addresses only. To name %1, put it "
                              "behind the master's in Cluster ▸ Connect.")
            .arg(reply->url().authority());
    const QJsonObject problem = QJsonDocument::fromJson(body).object();
    const QString detail = problem.value("detail"_L1).toString();
    if (!detail.isEmpty())
        return detail;
    const QString title = problem.value("title"_L1).toString();
    if (!title.isEmpty())
        return title;
    if (status != 0)
        return NodeClient::tr("The node answered %1.").arg(status);
    switch (reply->error()) {
    case QNetworkReply::ConnectionRefusedError:
        return NodeClient::tr("Connection refused: nothing listens at %1.").arg(reply->url().authority());
    case QNetworkReply::HostNotFoundError:
        return NodeClient::tr("Host %1 not found.").arg(reply->url().host());
    case QNetworkReply::RemoteHostClosedError:
        return NodeClient::tr("The node closed the connection.");
    case QNetworkReply::SslHandshakeFailedError:
        return NodeClient::tr("No secure connection to %1: %2")
            .arg(reply->url().authority(), reply->errorString());
    case QNetworkReply::OperationCanceledError:
        return NodeClient::tr("Cancelled.");
    default:
        return reply->errorString();
    }
}

QString errorOf(QNetworkReply *reply, int status, const QByteArray &body, const ClientOptions &options)
{
    return PlainText::oneLine(rawErrorOf(reply, status, body, options), ErrorCharacters);
}

// Empty if bound() ended the answer.
QByteArray bodyOf(QNetworkReply *reply)
{
    return reply->isOpen() ? reply->readAll() : QByteArray();
}

// Ends an answer that is longer than any of ours.
void bound(QNetworkReply *reply)
{
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const bool isGood = status >= 200 && status < 300;
    if (reply->bytesAvailable() <= (isGood ? MostBytes : MostErrorBytes))
        return;
    reply->setProperty("tooLong", true);
    reply->abort();
}

} // namespace

QJsonObject CallResult::json() const
{
    return QJsonDocument::fromJson(body).object();
}

NodeClient::NodeClient(QNetworkAccessManager *network, const QUrl &url, const ClientOptions &options,
                       QObject *parent)
    : QObject(parent), m_network(network), m_url(url), m_options(options),
      m_tls(clientTls(options, m_tlsProblem))
{
    m_reopen.setSingleShot(true);
    connect(&m_reopen, &QTimer::timeout, this, &NodeClient::openStream);
    m_probe.setSingleShot(true);
    connect(&m_probe, &QTimer::timeout, this, &NodeClient::handleProbe);
}

NodeClient::~NodeClient()
{
    closeStream();
}

void NodeClient::setUrl(const QUrl &url)
{
    if (url == m_url)
        return;
    m_url = url;
    if (m_contact != Contact::Never)
        reconnectNow();
}

void NodeClient::start()
{
    setContact(Contact::Connecting, {});
    openStream();
}

void NodeClient::stop()
{
    closeStream();
    m_contact = Contact::Never;
}

void NodeClient::reconnectNow()
{
    m_failures = 0;
    if (m_contact == Contact::Lost)
        setContact(Contact::Connecting, {});
    openStream();
}

QNetworkReply *NodeClient::call(const QByteArray &verb, const QString &path, const QByteArray &jsonBody,
                                int limitMs, QObject *context, Done done)
{
    QNetworkRequest request = requestTo(m_url, m_options, m_tls, path);
    request.setRawHeader("Accept", "application/json");
    if (!jsonBody.isEmpty())
        request.setHeader(QNetworkRequest::ContentTypeHeader, "application/json"_L1);
    QNetworkReply *reply = m_network->sendCustomRequest(request, verb, jsonBody);
    reply->setReadBufferSize(0);
    connect(reply, &QNetworkReply::readyRead, reply, [reply] { bound(reply); });
    QTimer *limit = nullptr;
    if (limitMs > 0) {
        limit = new QTimer(reply);
        limit->setSingleShot(true);
        connect(limit, &QTimer::timeout, reply, [reply] {
            reply->setProperty("timedOut", true);
            reply->abort();
        });
        limit->start(limitMs);
    }
    connect(reply, &QNetworkReply::finished, context, [reply, options = m_options, done = std::move(done)] {
        CallResult result;
        result.timedOut = reply->property("timedOut").toBool();
        const bool tooLong = reply->property("tooLong").toBool();
        if (!result.timedOut && (tooLong || reply->error() != QNetworkReply::OperationCanceledError)) {
            result.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
            // A truncated answer counts as no answer.
            const bool broken =
                result.status >= 200 && result.status < 300 && reply->error() != QNetworkReply::NoError;
            if (broken)
                result.status = 0;
            else
                result.body = bodyOf(reply);
        }
        result.closed = result.status == 0 && reply->error() == QNetworkReply::RemoteHostClosedError;
        result.insecure = result.status == 0 && reply->error() == QNetworkReply::SslHandshakeFailedError;
        if (result.timedOut)
            result.error = tr("No answer in time.");
        else if (tooLong && result.status == 0)
            result.error = tr("The answer is too long.");
        else if (!result.ok())
            result.error = errorOf(reply, result.status, result.body, options);
        done(result);
    });
    connect(reply, &QNetworkReply::finished, reply, &QObject::deleteLater);
    // Free the connection if the caller is gone.
    connect(context, &QObject::destroyed, reply, [reply](QObject *gone) {
        reply->disconnect(gone);
        reply->abort();
    });
    return reply;
}

QNetworkReply *NodeClient::openEvents(const QString &path)
{
    QNetworkRequest request = requestTo(m_url, m_options, m_tls, path);
    request.setRawHeader("Accept", "text/event-stream");
    return m_network->get(request);
}

void NodeClient::openStream()
{
    closeStream();
    if (!m_url.isValid() || m_url.host().isEmpty()) {
        setContact(Contact::Lost, tr("The node's address is not known."));
        return;
    }
    m_stream = openEvents(u"/api/v1/status"_s);
    connect(m_stream, &QNetworkReply::readyRead, this, &NodeClient::readStream);
    connect(m_stream, &QNetworkReply::finished, this, &NodeClient::handleStreamEnd);
    m_probe.start(ConnectLimitMs);
}

void NodeClient::closeStream()
{
    m_reopen.stop();
    m_probe.stop();
    m_buffer.clear();
    m_event.clear();
    if (!m_stream)
        return;
    QNetworkReply *stream = m_stream;
    m_stream.clear();
    stream->disconnect(this);
    stream->abort();
    stream->deleteLater();
}

void NodeClient::readStream()
{
    const int status = m_stream->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status != 200) {
        bound(m_stream); // the body describes an error; handleStreamEnd() reads it
        return;
    }
    const QNetworkReply *const stream = m_stream;
    m_buffer += m_stream->readAll();
    qsizetype begin = 0;
    for (qsizetype end; (end = m_buffer.indexOf('\n', begin)) >= 0; begin = end + 1) {
        handleLine(QByteArrayView(m_buffer).sliced(begin, end - begin));
        if (m_stream != stream)
            return; // a receiver of the event closed the stream, and perhaps opened another
    }
    m_buffer.remove(0, begin);
    if (m_buffer.size() + m_event.size() > EventLimit) {
        m_stream->abort();
        return;
    }
    m_probe.start(QuietMs);
}

void NodeClient::handleLine(QByteArrayView line)
{
    if (line.endsWith('\r'))
        line.chop(1);
    if (line.startsWith("data:")) {
        line = line.sliced(5);
        if (line.startsWith(' '))
            line = line.sliced(1);
        if (!m_event.isEmpty())
            m_event += '\n';
        m_event += line;
        return;
    }
    if (!line.isEmpty())
        return; // a keep-alive comment, or a field that we do not use
    const QByteArray event = std::exchange(m_event, {});
    if (event.isEmpty())
        return;
    const QJsonObject document = QJsonDocument::fromJson(event).object();
    if (document.isEmpty())
        return;
    m_failures = 0;
    emit statusReceived(document);
    setContact(Contact::Connected, {});
}

void NodeClient::handleStreamEnd()
{
    QNetworkReply *stream = m_stream;
    const int status = stream->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    QString error;
    if (status == 200)
        error = tr("The node closed the connection.");
    else
        error = errorOf(stream, status, bodyOf(stream), m_options);
    closeStream();
    m_reopen.start(std::min(ReopenMaxMs, ReopenBaseMs << std::min(m_failures, 8)));
    ++m_failures;
    setContact(Contact::Lost, error);
}

void NodeClient::handleProbe()
{
    if (m_contact != Contact::Connected && m_contact != Contact::Silent) {
        // The stream never sent an event: open another one.
        closeStream();
        m_reopen.start(ReopenMaxMs);
        setContact(Contact::Lost, tr("The node does not answer."));
        return;
    }
    if (m_probing)
        return;
    m_probing = true;
    // Ask for the whole status. It refreshes figures that a node does not push because it counts them as no
    // change, and it shows that a frozen node runs again as soon as it answers.
    call("GET", u"/api/v1/status"_s, {}, ProbeLimitMs, this, [this](const CallResult &result) {
        m_probing = false;
        if (!m_stream)
            return; // the stream was lost meanwhile, and that was signalled
        const QJsonObject document = result.ok() ? result.json() : QJsonObject();
        if (!document.isEmpty())
            emit statusReceived(document);
        if (result.status != 0)
            setContact(Contact::Connected, {});
        else
            setContact(Contact::Silent, tr("The node does not answer."));
        m_probe.start(QuietMs);
    });
}

void NodeClient::setContact(Contact contact, const QString &error)
{
    if (contact == m_contact && error == m_error)
        return;
    m_contact = contact;
    m_error = error;
    emit contactChanged(contact, error);
}

} // namespace replog
