import org.apache.activemq.broker.BrokerFactory;
import org.apache.activemq.broker.BrokerService;

/** Starts a broker from jars, where there is no distribution with a program of its own. Its argument is a configuration. */
public final class BrokerMain {
    public static void main(String[] arguments) throws Exception {
        BrokerService broker = BrokerFactory.createBroker(arguments[0]);
        broker.start();
        broker.waitUntilStopped();
    }

    private BrokerMain() {}
}
