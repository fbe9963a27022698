BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $working = Get-TestMailbox -Working
    $identity = @{ TenantId = $app.TenantId; ClientId = $app.ClientId }
    $file = @{ CertificatePath = $app.PfxFile; Password = $app.Password }
    Disconnect-ExRun
}

AfterAll { Disconnect-ExRun }

Describe 'Connect-ExRun' {
    AfterEach { Disconnect-ExRun }

    It 'makes tokens and certificates unnecessary' {
        Connect-ExRun @identity @file | Should -BeNullOrEmpty
        (Get-MailboxSettingsReport $working[0..2]).MailboxName | Should -Be $working[0..2]
        (Get-MailboxTimeZone $working[0]).Value | Should -Not -BeNullOrEmpty
        (Get-AppOnlyToken).access_token | Should -Match '^eyJ'
        (Get-AppOnlyToken).clientid | Should -Be $app.ClientId
        (Get-EXRAppOnlyToken).tenantid | Should -Be $app.TenantId
        (Decode-Token (New-JWTToken)).claims.iss | Should -Be $app.ClientId
    }

    It 'keeps no token where there is no credential store, and says so' -Skip:(-not $IsLinux) {
        # The library reads the environment of the process, which .NET does not change.
        $script = @'
            $WarningPreference = 'SilentlyContinue'
            Import-Module $env:EXRUN_TEST_MODULE
            try {
                Connect-ExRun -TenantId $env:EXRUN_TEST_TENANT -ClientId $env:EXRUN_TEST_APP -ClientSecret (ConvertTo-SecureString x -AsPlainText -Force) -PersistTokens
            } catch { $_.FullyQualifiedErrorId, $_.CategoryInfo.Category }
'@
        $shell = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
        $variables = @("XDG_RUNTIME_DIR=$TestDrive", "XDG_DATA_HOME=$TestDrive/data", "EXRUN_TEST_MODULE=$ModulePath", "EXRUN_TEST_TENANT=$($app.TenantId)", "EXRUN_TEST_APP=$($app.ClientId)")
        $said = & env -u DBUS_SESSION_BUS_ADDRESS @variables $shell -NoProfile -NonInteractive -Command $script
        $said[0] | Should -Be 'ExRun.TokenCacheUnavailable,Connect-ExRun'
        $said[1] | Should -Be 'ResourceUnavailable'
        Test-Path -LiteralPath "$TestDrive/data" | Should -BeFalse
        $parameters = (Get-Command Connect-ExRun).Parameters['PersistTokens'].ParameterSets.Keys
        $parameters | Should -Not -Contain 'AccessToken' -Because 'a token that is given is not kept'
        $parameters | Should -Contain 'DeviceCode'
    }

    It 'forgets the tokens that were kept' -Skip:(-not $IsLinux) {
        $file = "$TestDrive/kept/exrun/tokens.bin"
        [void] (New-Item -ItemType File -Path $file -Force)
        $script = 'Import-Module $env:EXRUN_TEST_MODULE; Clear-ExRunTokenCache -WhatIf; Test-Path $env:EXRUN_TEST_FILE; Clear-ExRunTokenCache; Clear-ExRunTokenCache -Verbose 4>&1'
        $shell = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName
        $variables = @("XDG_RUNTIME_DIR=$TestDrive", "XDG_DATA_HOME=$TestDrive/kept", "EXRUN_TEST_MODULE=$ModulePath", "EXRUN_TEST_FILE=$file")
        $said = & env -u DBUS_SESSION_BUS_ADDRESS @variables $shell -NoProfile -NonInteractive -Command $script
        $said | Should -Contain 'True' -Because 'nothing is removed with -WhatIf'
        "$said" | Should -Match 'nothing was kept'
        Test-Path -LiteralPath $file | Should -BeFalse
    }

    It 'takes a certificate object' {
        Connect-ExRun @identity -Certificate (Get-TestCertificate $app)
        [void] (Invoke-Emulator -Method POST -What revoke-tokens)
        (Get-MailboxSettingsReport $working[0]).TimeZone | Should -Not -BeNullOrEmpty
    }

    It 'asks for the password when the file needs one' {
        Mock Read-Host { $app.Password }
        Connect-ExRun @identity -CertificatePath $app.PfxFile
        Should -Invoke Read-Host -Times 1 -Exactly
    }

    It 'fails at once with what is wrong' {
        { Connect-ExRun -TenantId $app.TenantId -ClientId '00000000-0000-4000-8000-000000000000' @file } | Should -Throw -ErrorId 'ExRun.TokenRefused,Connect-ExRun'
        { Connect-ExRun @identity -CertificatePath (Join-Path $TestDrive 'no.pfx') } | Should -Throw -ErrorId 'ExRun.File,Connect-ExRun'
        Get-ExRunContext | Should -BeNullOrEmpty
        (Get-OpenHandle).client | Should -Be 0
    }

    It 'keeps several connections by name' {
        Connect-ExRun @identity @file -Name one
        (Get-MailboxTimeZone $working[0]).Value | Should -Not -BeNullOrEmpty
        Connect-ExRun -TenantId contoso.com -ClientId $app.ClientId @file -Name two
        (Get-MailboxTimeZone $working[0] -Connection TWO).Value | Should -Not -BeNullOrEmpty
        (Get-MailboxSettingsReport $working[0] -Connection one).TimeZone | Should -Not -BeNullOrEmpty
        (Get-AppOnlyToken -Connection two).tenantid | Should -Be 'contoso.com'
        { Get-MailboxSettingsReport $working[0] } | Should -Throw '*one, two*'
        { Get-MailboxSettingsReport $working[0] -Connection three } | Should -Throw -ErrorId 'ExRun.ConnectionMissing,Get-MailboxSettingsReport'
        { Get-MailboxSettingsReport $working[0] -Connection one -AccessToken 'eyJ' } | Should -Throw -ErrorId 'ExRun.InvalidArgument,Get-MailboxSettingsReport'
        Disconnect-ExRun -Name one
        (Get-ExRunContext).Name | Should -Be 'two'
    }

    It 'replaces a connection of the same name' {
        Connect-ExRun @identity @file
        Connect-ExRun -TenantId contoso.com -ClientId $app.ClientId @file
        @(Get-ExRunContext).Count | Should -Be 1
        (Get-ExRunContext).TenantId | Should -Be 'contoso.com'
        (Get-OpenHandle).client | Should -Be 1
    }

    It 'describes the connection when asked' {
        $context = Connect-ExRun @identity @file -PassThru
        $context.PSObject.Properties.Name | Should -Be @(
            'Name', 'TenantId', 'ClientId', 'AppName', 'Account', 'Method', 'Cloud', 'Credential', 'Thumbprint', 'CertificateExpiresOn'
            'Roles', 'Scopes', 'ExpiresOn', 'ConnectedAt')
        $context.Credential | Should -Be $app.PfxFile
    }

    It 'is not lost where runspaces that begin together make one each' -Skip:($PSVersionTable.PSVersion.Major -lt 7) {
        # In a process of its own, in which nothing has been connected yet.
        $result = Invoke-Script (@"
1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
    Import-Module '$ModulePath'
    Connect-ExRun -Name "connection`$_" -AccessToken 'TOKEN'
}
Import-Module '$ModulePath'
(Get-ExRunContext).Name -join ','
"@.Replace('TOKEN', (Get-AppOnlyToken $app.PfxFile @identity -password $app.Password).access_token))
        $result.Text | Should -Be ((1..8 | ForEach-Object { "connection$_" }) -join ',')
    }

    It 'is seen by other runspaces' -Skip:($PSVersionTable.PSVersion.Major -lt 7) {
        Connect-ExRun @identity @file -Name shared
        $rows = $working[0..5] | ForEach-Object -Parallel {
            Import-Module $using:ModulePath
            (Get-MailboxSettingsReport $_ -Connection shared).MailboxName
        } -ThrottleLimit 3
        $rows | Sort-Object | Should -Be ($working[0..5] | Sort-Object)
    }
}

Describe 'Disconnect-ExRun' {
    It 'frees the client' {
        Connect-ExRun @identity @file -Name gone
        Disconnect-ExRun -Name gone
        (Get-OpenHandle).client | Should -Be 0
        Disconnect-ExRun -Name gone -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -Be 'ExRun.ConnectionMissing,Disconnect-ExRun'
    }
}

Describe 'A runspace that is stopped' {
    It 'and gone leaves no report behind, wherever it was: the next command of another one frees it' {
        Connect-ExRun @identity @file -Name stopped
        try {
            $shell = [powershell]::Create()
            [void] $shell.AddScript("Import-Module '$ModulePath'; 'a@contoso.com', 'b@contoso.com' | ForEach-Object { `$_; [System.Threading.Thread]::Sleep(300) } | Get-MailboxSettingsReport -Connection stopped | ForEach-Object { Start-Sleep 100 }")
            [void] $shell.BeginInvoke()
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            while ((Get-OpenHandle).stream -eq 0 -and $clock.ElapsedMilliseconds -lt 60000) { Start-Sleep -Milliseconds 20 }
            # A run that is alive stays.
            [void] (Get-ExRunContext)
            (Get-OpenHandle).stream | Should -Be 1
            $shell.Stop()
            $shell.Dispose()
            [void] (Get-ExRunContext)
            (Get-OpenHandle).stream | Should -Be 0
        } finally {
            Disconnect-ExRun -Name stopped
        }
    }

    It 'ends a report, frees it, and leaves no request in flight' {
        Connect-ExRun @identity @file -Name stopped
        Set-EmulatorFault @{ kind = 'graph'; action = @{ delayMs = 600000 } }
        [void] (Invoke-Emulator -Method POST -What reset)
        try {
            $shell = [powershell]::Create()
            [void] $shell.AddScript("Import-Module '$ModulePath'; Get-MailboxSettingsReport (1..200 | ForEach-Object { `"a`$_@contoso.com`" }) -Connection stopped")
            $running = $shell.BeginInvoke()
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            # A run starts with few requests, and sends no more before one of them is answered.
            while ((Invoke-Emulator -What state).inFlight -lt 8 -and $clock.ElapsedMilliseconds -lt 10000) { Start-Sleep -Milliseconds 50 }
            $started = (Invoke-Emulator -What state).inFlight
            $started | Should -BeGreaterThan 0
            (Get-OpenHandle).stream | Should -Be 1
            $shell.Stop()
            (Get-OpenHandle).stream | Should -Be 0
            $clock.Restart()
            while ((Invoke-Emulator -What state).inFlight -gt 0 -and $clock.ElapsedMilliseconds -lt 60000) { Start-Sleep -Milliseconds 20 }
            $state = Invoke-Emulator -What state
            $state.inFlight | Should -Be 0
            $state.requests.graph | Should -Be $started -Because 'no new request starts after the stop'
            $shell.Dispose()
        } finally {
            Set-EmulatorFault
            Disconnect-ExRun -Name stopped
        }
    }
}
