package io.muster.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java lines compile against the client and do what they promise. */
@ExtendWith(SharedServer.class)
class ReadmeSnippetIT {

    private static final Path README = Path.of("../../README.md");
    private static final Pattern SNIPPET =
            Pattern.compile("## With a Java client\n.*?```java\n(.*?)```", Pattern.DOTALL);
    private static final String README_ADDRESS = "127.0.0.1:8848";

    @Test
    void linesOfTheReadme_compileAndRun(ServerProcess server, @TempDir Path dir) throws Exception {
        String snippet = snippet();
        assertThat(snippet).contains(README_ADDRESS);
        compile(dir, snippet.replace(README_ADDRESS, NacosClient.address(server)));

        try (ClientProcess run = ClientProcess.start(dir.resolve("output"), List.of(dir), "Snippet")) {
            assertThat(run.awaitExit()).as(run.output()).isZero();
            assertThat(run.output()).contains("call 10.0.0.2:8080");
        }
    }

    private static String snippet() throws IOException {
        Matcher matcher = SNIPPET.matcher(Files.readString(README));
        assertThat(matcher.find()).as("a java block under 'With a Java client'").isTrue();
        return matcher.group(1);
    }

    private static void compile(Path dir, String lines) throws IOException {
        Path source = Files.writeString(dir.resolve("Snippet.java"), """
                import com.alibaba.nacos.api.NacosFactory;
                import com.alibaba.nacos.api.naming.NamingService;
                import com.alibaba.nacos.api.naming.listener.NamingEvent;
                import com.alibaba.nacos.api.naming.pojo.Instance;

                public class Snippet {
                    public static void main(String[] arguments) throws Exception {
                %s    }
                }
                """.formatted(lines.indent(8)));
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"), source.toString());
        assertThat(result).as("javac").isZero();
    }
}
