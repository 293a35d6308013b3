import java.io.PrintStream;
import java.io.Serializable;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;
import javax.jms.StreamMessage;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.ActiveMQSession;
import org.apache.activemq.command.ActiveMQBlobMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.util.ByteSequence;

/**
 * Messages of every kind, and everything that JMS tells of a message. Commands:
 *   send QUEUE [compressed]  sends one message of each kind, with entries, properties and headers of each type
 *   sizes QUEUE BYTES...     sends bytes messages of these sizes
 *   delayed QUEUE MS         sends a text that the broker keeps for so long
 *   expiring QUEUE MS        sends a text that expires
 *   streamOfBytes QUEUE      sends a stream message with bytes in it, which AMQP clients never get
 *   browse QUEUE             prints what is in a queue
 *   read QUEUE COUNT         consumes so many messages, and more if there are more
 * Prints one JSON object a line for each message, and reads the same environment as JmsTool.
 */
public final class KindsTool {
    private static final long PATIENCE_MS = 20_000;
    private static final long SURPLUS_MS = 500;
    private static final long FAR_MS = 24L * 60 * 60 * 1000;
    /** More than the 65,535 bytes of a short string. */
    private static final String LONG_TEXT = "l\u00e4nger ".repeat(12_000);
    private static final String ODD_TEXT = "\u0000 \u007f \u0080 \u07ff \u0800 \uffff \ud83d\ude00 '\"";
    private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws Exception {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(System.getenv("MQ_DR_OPENWIRE_URL"));
        factory.setUserName(System.getenv("MQ_DR_USER"));
        factory.setPassword(System.getenv("MQ_DR_PASSWORD"));
        factory.setUseCompression(Arrays.asList(arguments).contains("compressed"));
        if (arguments[0].equals("read")) factory.getPrefetchPolicy().setQueuePrefetch(1);
        Connection connection = factory.createConnection();
        connection.start();
        try {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue(arguments[1]);
            switch (arguments[0]) {
                case "send" -> send(session, queue);
                case "sizes" -> sizes(session, queue, arguments);
                case "delayed" -> delayed(session, queue, Long.parseLong(arguments[2]));
                case "expiring" -> expiring(session, queue, Long.parseLong(arguments[2]));
                case "streamOfBytes" -> streamOfBytes(session, queue);
                case "browse" -> browse(session, queue);
                case "read" -> consume(session.createConsumer(queue), Integer.parseInt(arguments[2]));
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        } finally {
            OUT.flush();
            connection.close();
        }
    }

    private static void send(Session session, Queue queue) throws Exception {
        MessageProducer producer = session.createProducer(queue);
        int number = 0;
        for (Message message : bodies(session)) {
            properties(message);
            sendOne(producer, message, number++);
        }
        for (Message message : headers(session)) sendOne(producer, message, number++);
    }

    private static void sendOne(MessageProducer producer, Message message, int number) throws Exception {
        int mode = number % 10 == 9 ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT;
        producer.send(message, mode, number % 10, number % 4 == 3 ? FAR_MS : 0);
        printId(message);
    }

    private static void sizes(Session session, Queue queue, String[] arguments) throws Exception {
        MessageProducer producer = session.createProducer(queue);
        for (int index = 2; index < arguments.length; index++) {
            byte[] content = new byte[Integer.parseInt(arguments[index])];
            new Random(index).nextBytes(content);
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(content);
            producer.send(message);
        }
    }

    private static void delayed(Session session, Queue queue, long delayMs) throws Exception {
        Message message = session.createTextMessage("delayed");
        message.setLongProperty("AMQ_SCHEDULED_DELAY", delayMs);
        session.createProducer(queue).send(message);
    }

    private static void expiring(Session session, Queue queue, long timeToLiveMs) throws Exception {
        Message message = session.createTextMessage("expiring");
        session.createProducer(queue).send(message, DeliveryMode.PERSISTENT, 4, timeToLiveMs);
        printId(message);
    }

    private static void streamOfBytes(Session session, Queue queue) throws Exception {
        StreamMessage message = session.createStreamMessage();
        message.writeBytes(new byte[] {1, 2, 3});
        session.createProducer(queue).send(message);
        printId(message);
    }

    private static void printId(Message message) throws Exception {
        OUT.println("{\"id\":\"" + message.getJMSMessageID() + "\"}");
    }

    private static List<Message> bodies(Session session) throws Exception {
        List<Message> messages = new ArrayList<>();
        for (String text : new String[] {"", "x", ODD_TEXT, LONG_TEXT}) messages.add(session.createTextMessage(text));
        messages.add(session.createTextMessage());
        messages.add(session.createMessage());
        for (int size : new int[] {0, 1, 256, 70_000}) {
            BytesMessage bytes = session.createBytesMessage();
            for (int index = 0; index < size; index++) bytes.writeByte((byte) index);
            messages.add(bytes);
        }
        messages.add(session.createMapMessage());
        MapMessage map = session.createMapMessage();
        map.setBoolean("boolean", true);
        map.setByte("byte", Byte.MIN_VALUE);
        map.setShort("short", Short.MIN_VALUE);
        map.setChar("char", '\u4e2d');
        map.setInt("int", Integer.MIN_VALUE);
        map.setLong("long", Long.MIN_VALUE);
        map.setFloat("float", Float.MIN_VALUE);
        map.setDouble("double", Double.MAX_VALUE);
        map.setString("string", ODD_TEXT);
        map.setString("long text", LONG_TEXT);
        map.setBytes("bytes", new byte[] {0, -1, 127});
        map.setObject("null", null);
        map.setObject("list", new ArrayList<>(List.of(1, "two", 3.0)));
        map.setObject("map", new HashMap<>(Map.of("inner", (short) 4)));
        messages.add(map);
        messages.add(session.createStreamMessage());
        StreamMessage stream = session.createStreamMessage();
        stream.writeBoolean(false);
        stream.writeByte(Byte.MAX_VALUE);
        stream.writeShort(Short.MAX_VALUE);
        stream.writeChar('\u00e4');
        stream.writeInt(Integer.MAX_VALUE);
        stream.writeLong(Long.MAX_VALUE);
        stream.writeFloat(1.5f);
        stream.writeDouble(-0.0);
        stream.writeString(ODD_TEXT);
        stream.writeString(LONG_TEXT);
        stream.writeBytes(new byte[] {-1, 0, 1});
        stream.writeObject(null);
        messages.add(stream);
        messages.add(session.createObjectMessage());
        messages.add(session.createObjectMessage("an object"));
        messages.add(session.createObjectMessage((Serializable) new ArrayList<>(List.of(-1, 255, 65_535))));
        messages.add(((ActiveMQSession) session).createBlobMessage(new URL("http://127.0.0.1:9/a-blob?x=1"), true));
        return messages;
    }

    private static void properties(Message message) throws Exception {
        message.setBooleanProperty("aBoolean", true);
        message.setByteProperty("aByte", (byte) -1);
        message.setShortProperty("aShort", (short) -2);
        message.setIntProperty("anInt", -3);
        message.setLongProperty("aLong", Long.MIN_VALUE);
        message.setFloatProperty("aFloat", 0.1f);
        message.setDoubleProperty("aDouble", 0.1);
        message.setStringProperty("aString", ODD_TEXT);
        message.setStringProperty("anEmptyString", "");
        message.setStringProperty("aLongString", LONG_TEXT);
        message.setObjectProperty("aChar", 'c');
        message.setObjectProperty("aNull", null);
        message.setObjectProperty("aList", new ArrayList<>(List.of("a", 1L)));
        message.setObjectProperty("aMap", new HashMap<>(Map.of("b", true)));
    }

    private static List<Message> headers(Session session) throws Exception {
        List<Message> messages = new ArrayList<>();
        for (int number = 0; number < 12; number++) messages.add(session.createTextMessage("header " + number));
        messages.get(0).setJMSCorrelationID("a correlation");
        messages.get(1).setJMSCorrelationIDAsBytes("bytes".getBytes(StandardCharsets.UTF_8));
        messages.get(2).setJMSType("a type");
        messages.get(3).setJMSReplyTo(session.createQueue("a reply queue"));
        messages.get(4).setJMSReplyTo(session.createTopic("a.reply.topic"));
        messages.get(5).setJMSReplyTo(session.createTemporaryQueue());
        for (int number = 6; number < 10; number++) {
            messages.get(number).setStringProperty("JMSXGroupID", "group " + number % 2);
            messages.get(number).setIntProperty("JMSXGroupSeq", number);
        }
        messages.get(10).setJMSCorrelationID("");
        messages.get(11).setStringProperty("JMSXGroupID", "a group without a sequence");
        return messages;
    }

    private static void browse(Session session, Queue queue) throws Exception {
        for (Object message : Collections.list(session.createBrowser(queue).getEnumeration())) print((Message) message);
    }

    private static void consume(MessageConsumer consumer, int count) throws Exception {
        for (int received = 0; ; received++) {
            Message message = consumer.receive(received < count ? PATIENCE_MS : SURPLUS_MS);
            if (message == null) return;
            print(message);
        }
    }

    private static void print(Message message) throws Exception {
        ActiveMQMessage activeMq = (ActiveMQMessage) message;
        // Reading a body may inflate it in place.
        boolean compressed = activeMq.isCompressed();
        ByteSequence content = activeMq.getContent();
        String contentHash = content == null ? null : JmsTool.hash(JmsTool.bytesOf(content));
        ByteSequence properties = activeMq.getMarshalledProperties();
        String propertiesHash = properties == null ? null : JmsTool.hash(JmsTool.bytesOf(properties));
        StringBuilder json = new StringBuilder(JmsTool.describe(message));
        json.setLength(json.length() - 1);
        json.append(",\"class\":").append(JmsTool.quoted(message.getClass().getSimpleName()));
        json.append(",\"compressed\":").append(compressed);
        json.append(",\"content\":").append(JmsTool.quoted(contentHash));
        json.append(",\"marshalledProperties\":").append(JmsTool.quoted(propertiesHash));
        json.append(",\"user\":").append(JmsTool.quoted(activeMq.getUserID()));
        json.append(",\"redelivered\":").append(message.getJMSRedelivered());
        json.append(",\"groupFirst\":").append(activeMq.isJMSXGroupFirstForConsumer());
        if (message instanceof ActiveMQBlobMessage blob) {
            json.append(",\"blob\":").append(JmsTool.quoted(blob.getRemoteBlobUrl() + " " + blob.getMimeType() + " "
                    + blob.getName() + " " + blob.isDeletedByBroker()));
        }
        OUT.println(json.append("}"));
    }

    private KindsTool() {}
}
