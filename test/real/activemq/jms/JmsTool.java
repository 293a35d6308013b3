import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageEOFException;
import javax.jms.MessageProducer;
import javax.jms.ObjectMessage;
import javax.jms.Queue;
import javax.jms.Session;
import javax.jms.StreamMessage;
import javax.jms.TextMessage;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.util.ByteSequence;

/**
 * What the tests need of an OpenWire client. Commands:
 *   produce QUEUE COUNT FIRST [groups] [persistent]
 *                                       sends messages of every kind that JMS knows, numbered from FIRST
 *   drain QUEUE COUNT                   consumes so many messages in transactions, and more if there are more
 *   hold QUEUE PAUSE_MS                 consumes one by one with a pause after each, until a line on the standard input
 * Prints one JSON object a line for each message that it sent or received. Address and credentials are in the
 * environment: MQ_DR_OPENWIRE_URL, MQ_DR_USER, MQ_DR_PASSWORD.
 */
public final class JmsTool {
    private static final int PRODUCED_TOGETHER = 500;
    /** Below the broker's page of 200: it pages in no more while a transaction holds a whole page. */
    private static final int CONSUMED_TOGETHER = 50;
    private static final long PATIENCE_MS = 20_000;
    private static final long SURPLUS_MS = 500;
    private static final long FAR_MS = 24L * 60 * 60 * 1000;
    private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws Exception {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(System.getenv("MQ_DR_OPENWIRE_URL"));
        factory.setUserName(System.getenv("MQ_DR_USER"));
        factory.setPassword(System.getenv("MQ_DR_PASSWORD"));
        if (arguments[0].equals("hold")) factory.getPrefetchPolicy().setQueuePrefetch(1);
        Connection connection = factory.createConnection();
        connection.start();
        try {
            switch (arguments[0]) {
                case "produce" -> produce(connection, arguments);
                case "drain" -> drain(connection, arguments);
                case "hold" -> hold(connection, arguments);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        } finally {
            OUT.flush();
            connection.close();
        }
    }

    private static void produce(Connection connection, String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[2]);
        int first = Integer.parseInt(arguments[3]);
        List<String> options = List.of(arguments).subList(4, arguments.length);
        boolean groups = options.contains("groups");
        boolean persistent = options.contains("persistent");
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue(arguments[1]);
        MessageProducer producer = session.createProducer(queue);
        List<Message> sent = new ArrayList<>();
        for (int number = first; number < first + count; number++) {
            Message message = make(session, number);
            if (groups && number % 3 == 0) {
                message.setStringProperty("JMSXGroupID", "group-" + number % 5);
                message.setIntProperty("JMSXGroupSeq", number + 2);
            }
            int mode = number % 50 == 49 && !persistent ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT;
            long timeToLive = number % 10 == 7 ? FAR_MS : 0;
            producer.send(queue, message, mode, number % 10, timeToLive);
            sent.add(message);
            if (sent.size() == PRODUCED_TOGETHER) commit(session, sent);
        }
        commit(session, sent);
    }

    private static void commit(Session session, List<Message> messages) throws Exception {
        session.commit();
        for (Message message : messages) OUT.println(describe(message));
        messages.clear();
    }

    private static Message make(Session session, int number) throws Exception {
        Message message;
        switch (number % 6) {
            case 0 -> message = session.createTextMessage("text " + number + " \u00e4\u4e2d\ud83d\ude00 \"|' ");
            case 1 -> {
                BytesMessage bytes = session.createBytesMessage();
                bytes.writeBytes(("bytes " + number).getBytes(StandardCharsets.UTF_8));
                bytes.writeByte((byte) 0);
                bytes.writeByte((byte) 0xff);
                message = bytes;
            }
            case 2 -> {
                MapMessage map = session.createMapMessage();
                map.setString("text", "map " + number);
                map.setInt("int", number);
                map.setLong("long", Long.MAX_VALUE - number);
                map.setDouble("double", number / 3.0);
                map.setBoolean("boolean", number % 4 == 0);
                map.setBytes("bytes", new byte[] {1, 2, (byte) number});
                message = map;
            }
            case 3 -> message = session.createObjectMessage("object " + number);
            case 4 -> {
                StreamMessage stream = session.createStreamMessage();
                stream.writeString("stream " + number);
                stream.writeInt(number);
                stream.writeDouble(number / 7.0);
                message = stream;
            }
            default -> message = session.createMessage();
        }
        message.setIntProperty("number", number);
        message.setStringProperty("text", "p " + number + " \u00fc");
        message.setLongProperty("long", number * 10_000_000_000L);
        message.setDoubleProperty("double", number / 9.0);
        message.setBooleanProperty("boolean", number % 2 == 0);
        message.setShortProperty("short", (short) number);
        if (number % 3 == 1) message.setJMSCorrelationID("correlation-" + number);
        if (number % 7 == 2) message.setJMSType("type-" + number % 3);
        if (number % 11 == 5) message.setJMSReplyTo(session.createQueue("replies-" + number % 2));
        return message;
    }

    private static void drain(Connection connection, String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[2]);
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(session.createQueue(arguments[1]));
        for (int received = 0; ; received++) {
            Message message = consumer.receive(received < count ? PATIENCE_MS : SURPLUS_MS);
            if (message == null) break;
            OUT.println(describe(message));
            if (received % CONSUMED_TOGETHER == CONSUMED_TOGETHER - 1) session.commit();
        }
        session.commit();
    }

    private static void hold(Connection connection, String[] arguments) throws Exception {
        long pauseMs = Long.parseLong(arguments[2]);
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(session.createQueue(arguments[1]));
        OUT.println("{\"attached\":true}");
        OUT.flush();
        while (System.in.available() == 0) {
            Message message = consumer.receive(50);
            if (message == null) continue;
            session.commit();
            OUT.println(describe(message));
            OUT.flush();
            Thread.sleep(pauseMs);
        }
    }

    static String describe(Message message) throws Exception {
        StringBuilder json = new StringBuilder("{");
        field(json, "id", message.getJMSMessageID());
        field(json, "kind", kind(message));
        field(json, "body", body(message));
        field(json, "correlationId", message.getJMSCorrelationID());
        field(json, "type", message.getJMSType());
        field(json, "replyTo", message.getJMSReplyTo() == null ? null : message.getJMSReplyTo().toString());
        json.append("\"priority\":").append(message.getJMSPriority());
        json.append(",\"mode\":").append(message.getJMSDeliveryMode());
        json.append(",\"timestamp\":").append(message.getJMSTimestamp());
        json.append(",\"expiration\":").append(message.getJMSExpiration());
        ActiveMQMessage activeMq = (ActiveMQMessage) message;
        json.append(",\"redeliveries\":").append(activeMq.getRedeliveryCounter());
        json.append(",\"groupSequence\":").append(activeMq.getGroupSequence());
        json.append(",\"group\":").append(quoted(activeMq.getGroupID()));
        json.append(",\"properties\":").append(quoted(properties(message)));
        return json.append("}").toString();
    }

    private static String kind(Message message) {
        if (message instanceof TextMessage) return "text";
        if (message instanceof BytesMessage) return "bytes";
        if (message instanceof MapMessage) return "map";
        if (message instanceof StreamMessage) return "stream";
        return message instanceof ObjectMessage ? "object" : "plain";
    }

    private static String body(Message message) throws Exception {
        if (message instanceof TextMessage text) return text.getText();
        if (message instanceof BytesMessage bytes) {
            bytes.reset();
            byte[] content = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(content);
            return hash(content);
        }
        if (message instanceof MapMessage map) {
            List<String> entries = new ArrayList<>();
            for (Object name : Collections.list(map.getMapNames())) {
                entries.add(name + "=" + typed(map.getObject((String) name)));
            }
            Collections.sort(entries);
            return String.join(",", entries);
        }
        if (message instanceof StreamMessage stream) {
            stream.reset();
            List<String> values = new ArrayList<>();
            try {
                while (true) values.add(typed(stream.readObject()));
            } catch (MessageEOFException end) {
                return String.join(",", values);
            }
        }
        if (message instanceof ObjectMessage) {
            ByteSequence content = ((ActiveMQMessage) message).getContent();
            return content == null ? "" : hash(bytesOf(content));
        }
        return "";
    }

    private static String properties(Message message) throws Exception {
        List<String> entries = new ArrayList<>();
        for (Object name : Collections.list(message.getPropertyNames())) {
            entries.add(name + "=" + typed(message.getObjectProperty((String) name)));
        }
        Collections.sort(entries);
        return String.join(",", entries);
    }

    private static String typed(Object value) {
        if (value == null) return "null";
        String type = value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        return type + ":" + (value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value);
    }

    /** Its own method for this is younger than ActiveMQ 5.17. */
    static byte[] bytesOf(ByteSequence bytes) {
        return Arrays.copyOfRange(bytes.getData(), bytes.getOffset(), bytes.getOffset() + bytes.getLength());
    }

    static String hash(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static void field(StringBuilder json, String name, String value) {
        json.append('"').append(name).append("\":").append(quoted(value)).append(',');
    }

    static String quoted(String text) {
        if (text == null) return "null";
        StringBuilder json = new StringBuilder("\"");
        for (char character : text.toCharArray()) {
            if (character == '"' || character == '\\') json.append('\\').append(character);
            else if (character < 0x20 || Character.isSurrogate(character) || character > 0x7e) {
                json.append(String.format("\\u%04x", (int) character));
            } else json.append(character);
        }
        return json.append('"').toString();
    }

    private JmsTool() {}
}
