# What Wine cannot do, by the reason: tests of these files that `cargo xtask windows` leaves out.
@{
    'Wine keeps no access control list, but the mode of a file of Unix' = @{
        'Windows.Tests.ps1' = @('lets the user alone at a journal and an undo file')
    }
    '.NET cannot open a PFX under Wine' = @{
        'Report.Tests.ps1' = @('signs with a certificate object whenever a token is needed')
    }
}
