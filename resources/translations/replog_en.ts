<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>ClusterText</name>
    <message numerus="yes">
        <source>%n node(s) not known yet</source>
        <translation>
            <numerusform>%n node not known yet</numerusform>
            <numerusform>%n nodes not known yet</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MessageFacts</name>
    <message numerus="yes">
        <source>%L1 byte(s)</source>
        <translation>
            <numerusform>%L1 byte</numerusform>
            <numerusform>%L1 bytes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SequenceScene</name>
    <message numerus="yes">
        <source>%n event(s) missed</source>
        <translation>
            <numerusform>%n event missed</numerusform>
            <numerusform>%n events missed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::Alarms</name>
    <message numerus="yes">
        <source>%1 lags by more than %L2 message(s).</source>
        <translation>
            <numerusform>%1 lags by more than %L2 message.</numerusform>
            <numerusform>%1 lags by more than %L2 messages.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 nodes lag by more than %L2 message(s): %3.</source>
        <translation>
            <numerusform>%1 nodes lag by more than %L2 message: %3.</numerusform>
            <numerusform>%1 nodes lag by more than %L2 messages: %3.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::ClusterLauncher</name>
    <message numerus="yes">
        <source>The data lies in a temporary folder, which is deleted when the nodes stop: %n message(s) are lost for good.</source>
        <translation>
            <numerusform>The data lies in a temporary folder, which is deleted when the nodes stop: %n message is lost for good.</numerusform>
            <numerusform>The data lies in a temporary folder, which is deleted when the nodes stop: %n messages are lost for good.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::Leftovers</name>
    <message numerus="yes">
        <source>%n more cluster(s) will be asked about.</source>
        <translation>
            <numerusform>%n more cluster will be asked about.</numerusform>
            <numerusform>%n more clusters will be asked about.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::LogExportButton</name>
    <message numerus="yes">
        <source>%n message(s) written to %1.</source>
        <translation>
            <numerusform>%n message written to %1.</numerusform>
            <numerusform>%n messages written to %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::LogModel</name>
    <message numerus="yes">
        <source>(binary, %n byte(s))</source>
        <translation>
            <numerusform>(binary, %n byte)</numerusform>
            <numerusform>(binary, %n bytes)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%L1 byte(s)</source>
        <translation>
            <numerusform>%L1 byte</numerusform>
            <numerusform>%L1 bytes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::LogView</name>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n match</numerusform>
            <numerusform>%n matches</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%L1 message(s)</source>
        <translation>
            <numerusform>%L1 message</numerusform>
            <numerusform>%L1 messages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the expression is too complex for %n message(s), the first is %1</source>
        <translation>
            <numerusform>the expression is too complex for %n message, which is %1</numerusform>
            <numerusform>the expression is too complex for %n messages, the first is %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No message is known to match “%1”: the expression is too complex for %n message(s).</source>
        <translation>
            <numerusform>No message is known to match “%1”: the expression is too complex for %n message.</numerusform>
            <numerusform>No message is known to match “%1”: the expression is too complex for %n messages.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waited as of %1</source>
        <translation>
            <numerusform>%n waited as of %1</numerusform>
            <numerusform>%n waited as of %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::NewClusterDialog</name>
    <message numerus="yes">
        <source>The folder holds a cluster of a master and %n secondary(s); it will be opened.</source>
        <translation>
            <numerusform>The folder holds a cluster of a master and %n secondary; it will be opened.</numerusform>
            <numerusform>The folder holds a cluster of a master and %n secondaries; it will be opened.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::RequestsModel</name>
    <message numerus="yes">
        <source>timed out with %n ack(s)</source>
        <translation>
            <numerusform>timed out with %n ack</numerusform>
            <numerusform>timed out with %n acks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::WaitsView</name>
    <message numerus="yes">
        <source>Release %n wait(s)?</source>
        <translation>
            <numerusform>Release %n wait?</numerusform>
            <numerusform>Release %n waits?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::WalkPanel</name>
    <message numerus="yes">
        <source>All %n step(s) went as expected.</source>
        <translation>
            <numerusform>%n step went as expected.</numerusform>
            <numerusform>All %n steps went as expected.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>replog::WalkStage</name>
    <message numerus="yes">
        <source>%1: OK after %2, held by %n node(s).</source>
        <translation>
            <numerusform>%1: OK after %2, held by %n node.</numerusform>
            <numerusform>%1: OK after %2, held by %n nodes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n retry(s) so far.</source>
        <translation>
            <numerusform>%n retry so far.</numerusform>
            <numerusform>%n retries so far.</numerusform>
        </translation>
    </message>
</context>
</TS>
