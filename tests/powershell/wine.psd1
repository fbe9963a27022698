# What Wine cannot do, by the reason: tests, or a Describe, of these files that `cargo xtask windows` leaves out.
@{
    'Wine keeps no access control list, but the mode of a file of Unix' = @{
        'Windows.Tests.ps1' = @('lets the user alone at a journal and an undo file')
    }
    # The library reads PFX files itself, and is tried with them.
    '.NET cannot open a PFX under Wine' = @{
        'AppSettings.Tests.ps1'     = @('is the one that its certificate is of, with no settings and before those that there are')
        'BlankParameters.Tests.ps1' = @('<Command>', 'A blank token of the pipeline')
        'Certificate.Tests.ps1'     = @(
            '<_>', 'asks once for the password', 'is valid as long as asked', 'is not asked for when the file needs none'
            'is an error, and nothing is sent', 'An X509Certificate2'
        )
        'Connection.Tests.ps1'      = @('takes a certificate object')
        'EveryCommand.Tests.ps1'    = @('Every command', 'Every command, in surroundings of another kind')
        'Example.Tests.ps1'         = @('The examples')
        'Registration.Tests.ps1'    = @(
            'Register-ExRunCertificate', 'A command that registers a certificate, without a connection', 'Invoke-EXRCreateAppTokenCertificate'
            'Update-ExRunCertificate', 'A certificate that ends soon'
        )
        'Report.Tests.ps1'          = @('signs with a certificate object whenever a token is needed')
        'SignIn.Tests.ps1'          = @('with a certificate, and says when it ends', 'with a thumbprint of the store', 'takes a certificate object and a scope, by position')
        'Token.Tests.ps1'           = @('have their own positions')
    }
    'The emulator runs beside Wine, and starts no program in it' = @{
        'HelpExample.Tests.ps1' = @('Example <Number> of <Command>', 'An example that is left out', 'The app of all other tests')
        'Jobs.Tests.ps1'        = @('The jobs, run one after another in an emulated tenant')
    }
    'Wine has no keys of elliptic curves that .NET can use' = @{
        'ErrorRecords.Tests.ps1' = @('The preference of a function that calls a command', 'A failure')
    }
    'Wine ends a process in which .NET takes a private key out of a certificate (CNG)' = @{
        # Which of them ask for one was not found out.
        'KeyVault.Tests.ps1' = @(
            'Get-RESTAzKeyVaultSecret'
            'ConvertFrom-AzKeVaultString'
            'Get-ExRunVaultSecret'
            'Get-ExRunVaultCertificate'
            'Connect-ExRun with what a vault holds'
            'The version of the vault''s API'
            'A vault of another cloud'
        )
    }
}
