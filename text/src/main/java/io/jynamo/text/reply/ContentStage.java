package io.jynamo.text.reply;

/** The answer where no calls are looked for: all of it is content. */
final class ContentStage implements Stage {
    private final Outlet out;

    ContentStage(Outlet out) {
        this.out = out;
    }

    @Override
    public void accept(char c) {
        out.content(c);
    }

    @Override
    public void finish() {}
}
