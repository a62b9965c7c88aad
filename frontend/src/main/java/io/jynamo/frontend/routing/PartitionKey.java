package io.jynamo.frontend.routing;

/** Workers that share blocks and load: those of one model and one routing group. */
record PartitionKey(String model, String group) implements Comparable<PartitionKey> {
    static final String DEFAULT = "default";
    private static final int LONGEST = 256;

    /** The partition that a body names; the group has a default, the model only where {@code anyModel}. */
    static PartitionKey of(Fields fields, boolean anyModel) {
        String model = anyModel ? fields.textOr("model_name", DEFAULT) : fields.text("model_name");
        return new PartitionKey(
                fields.atMost("model_name", model, LONGEST),
                fields.atMost("routing_group", fields.textOr("routing_group", DEFAULT), LONGEST));
    }

    /** Whether a filter of a query, null for any, lets it pass. */
    boolean matches(Call call) {
        String wantedModel = call.query("model_name");
        String wantedGroup = call.query("routing_group");
        return (wantedModel == null || wantedModel.equals(model)) && (wantedGroup == null || wantedGroup.equals(group));
    }

    /** An id of what has this one in the partition: no two of different partitions are one, as lengths stand before the parts. */
    String idOf(String id) {
        return model.length() + ":" + model + group.length() + ":" + group + id;
    }

    @Override
    public int compareTo(PartitionKey other) {
        int byModel = model.compareTo(other.model);
        return byModel != 0 ? byModel : group.compareTo(other.group);
    }

    @Override
    public String toString() {
        return "model=" + model + " routing_group=" + group;
    }
}
