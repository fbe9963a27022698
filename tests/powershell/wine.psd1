# What Wine cannot do, by the reason: tests of these files that `cargo xtask windows` leaves out.
@{
}
