package io.muster.naming.registry;

import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.Instance;
import io.muster.naming.model.Metadata;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A digest of all that readers see of a service: definition, clusters, instances with their true health. Equal on all
 * nodes that know the same of it, whenever and in whatever order they learnt it, so operators can compare them. Pure.
 *
 * <p>MD5, as in Nacos (nacos-v1-http.md §8.1): it guards against drift, not against forgery. The text that is digested
 * is our own; the digest of a Nacos node differs.
 */
public final class ServiceChecksum {

    private static final Comparator<InstanceView> ORDER = Comparator.comparing(InstanceView::ip)
            .thenComparing(InstanceView::port)
            .thenComparing(InstanceView::cluster)
            .thenComparing(InstanceView::ephemeral);

    private final MessageDigest digest;

    private ServiceChecksum() {
        try {
            digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }

    /** 32 hex digits. Walks all instances: not for an event loop. */
    public static String of(ServiceView service) {
        return new ServiceChecksum().digest(service);
    }

    private String digest(ServiceView service) {
        text(service.name().namespaceId());
        text(service.name().grouped());
        text(Double.toString(service.definition().protectThreshold()));
        metadata(service.definition().metadata());
        text(service.definition().selector().type().name());
        text(service.definition().selector().expression());
        number(service.clusters().size());
        for (Map.Entry<String, ClusterDefinition> cluster : service.clusters().entrySet()) {
            text(cluster.getKey());
            checker(cluster.getValue().healthChecker());
            number(cluster.getValue().checkPort());
            flag(cluster.getValue().useInstancePort());
            metadata(cluster.getValue().metadata());
        }
        List<InstanceView> instances = new ArrayList<>(service.instances());
        instances.sort(ORDER);
        number(instances.size());
        instances.forEach(this::instance);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** But for a password: whoever may read the digest could guess at it for as long as they like. */
    private void checker(HealthChecker checker) {
        text(checker.type().name());
        if (checker instanceof HealthChecker.Http http) {
            text(http.path());
            text(http.headers());
            number(http.expectedResponseCode());
            text(http.expectedResponseCodes());
        } else if (checker instanceof HealthChecker.Mysql mysql) {
            text(mysql.user());
            text(mysql.command());
            number(mysql.allowPublicKeyRetrieval() ? 1 : 0);
        }
    }

    private void instance(InstanceView view) {
        Instance shown = view.shown();
        text(view.ip());
        number(view.port());
        text(view.cluster());
        flag(view.ephemeral());
        flag(view.healthy());
        flag(shown.enabled());
        text(Double.toString(shown.weight()));
        text(shown.app());
        text(view.instanceId());
        metadata(shown.metadata());
    }

    private void metadata(Metadata metadata) {
        number(metadata.size());
        metadata.forEach((key, value) -> {
            text(key);
            text(value);
        });
    }

    /** With its length in front, so that no two lists of texts run into the same bytes. */
    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        digest.update(bytes);
    }

    private void number(int number) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    private void flag(boolean flag) {
        digest.update((byte) (flag ? 1 : 0));
    }
}
