BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $identity = @{ TenantId = $app.TenantId; ClientId = $app.ClientId }

    # A token of these claims; nobody signed it.
    function New-Jwt {
        param([hashtable] $Claims)
        $encode = { param($Text) [System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($Text)).TrimEnd('=').Replace('+', '-').Replace('/', '_') }
        '{0}.{1}.c2ln' -f (& $encode '{"typ":"JWT","alg":"RS256"}'), (& $encode (ConvertTo-Json $Claims -Compress))
    }
    $now = [System.DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    $graph = 'https://graph.microsoft.com'
}

Describe 'Test-ExRunToken' {
    It 'says what a token is for and which roles it carries' {
        $token = Get-AppOnlyToken $app.PfxFile @identity -password $app.Password
        $tested = Test-ExRunToken $token
        $tested.Kind | Should -Be 'app'
        $tested.IsUsable | Should -BeTrue
        $tested.IsForGraph | Should -BeTrue
        $tested.TenantId | Should -Be $app.TenantId
        $tested.ClientId | Should -Be $app.ClientId
        $tested.Roles | Should -Contain 'MailboxSettings.Read'
        $tested.Missing | Should -BeNullOrEmpty
        $tested.Finding | Should -BeNullOrEmpty
        $tested.ExpiresIn.TotalMinutes | Should -BeGreaterThan 30
    }

    It 'never says that a role is lacking' {
        $tested = New-Jwt @{ aud = $graph; exp = $now + 3600; roles = @('User.Read.All') } | Test-ExRunToken -Role Mail.Read
        $tested.Missing -join ',' | Should -Be 'MailboxSettings.Read,Mail.Read'
        $tested.Finding[0] | Should -Be 'MailboxSettings.Read: not in the token; may be granted by RBAC for Applications'
        "$($tested.Finding)" | Should -Not -Match 'lacks'
        $tested.IsUsable | Should -BeTrue
        (New-Jwt @{ aud = $graph; exp = $now + 3600 } | Test-ExRunToken -For MailboxSettingsChange).Missing | Should -Be 'MailboxSettings.ReadWrite'
    }

    It 'finds what stands against it' {
        $expired = Test-ExRunToken (New-Jwt @{ aud = $graph; exp = 1600000000; roles = @('MailboxSettings.Read') })
        $expired.IsExpired | Should -BeTrue
        $expired.IsUsable | Should -BeFalse
        "$($expired.Finding)" | Should -Match '2020-09-13'
        $foreign = Test-ExRunToken (New-Jwt @{ aud = 'https://vault.azure.net'; exp = $now + 60; roles = @('MailboxSettings.Read') })
        $foreign.IsForGraph | Should -BeFalse
        "$($foreign.Finding)" | Should -Match 'vault\.azure\.net'
        (Test-ExRunToken (New-Jwt @{ aud = '00000003-0000-0000-c000-000000000000'; exp = $now + 60 })).IsForGraph | Should -BeTrue
        $endless = Test-ExRunToken (New-Jwt @{ aud = $graph; exp = 99999999999999 })
        $endless.ExpiresOn | Should -BeNullOrEmpty
    }

    It 'says that a token is not valid yet' {
        $early = New-Jwt @{ aud = $graph; nbf = $now + 7200; exp = $now + 9000; roles = @('MailboxSettings.Read') } | Test-ExRunToken
        $early.IsUsable | Should -BeFalse
        $early.Finding | Should -Match '^it is not valid before '
        (New-Jwt @{ aud = $graph; nbf = $now + 60; exp = $now + 9000; roles = @('MailboxSettings.Read') } | Test-ExRunToken).IsUsable | Should -BeTrue
    }

    It 'tells a person from an app' {
        $person = Test-ExRunToken (New-Jwt @{ aud = $graph; exp = $now + 60; scp = 'MailboxSettings.Read User.Read'; upn = 'kim@contoso.com' })
        $person.Kind | Should -Be 'person'
        $person.Account | Should -Be 'kim@contoso.com'
        $person.Scopes -join ',' | Should -Be 'MailboxSettings.Read,User.Read'
        $person.Missing | Should -BeNullOrEmpty
    }

    It 'says that a person gets at one mailbox only' {
        $reads = New-Jwt @{ aud = $graph; exp = $now + 60; scp = 'MailboxSettings.Read User.Read.All'; upn = 'kim@contoso.com' }
        (Test-ExRunToken $reads).Finding | Should -Be "it is a person's, and reaches the settings of the own mailbox only: for others sign in as an app"
        (Test-ExRunToken $reads -For MailboxList).Finding | Should -BeNullOrEmpty
        (Test-ExRunToken $reads -For MailboxSettingsChange).Finding[0] | Should -Be 'MailboxSettings.ReadWrite: not in the token; ask the person for it with -Scope of Connect-ExRun'
    }

    It 'says what an opaque token is, without an error' {
        $Error.Clear()
        $tested = Test-ExRunToken 'EwBgA8l6BAAUO9chh8cJscQLmU+LSWpbnr0vmwwAAQ' -ErrorAction Stop
        $tested.Kind | Should -Be 'opaque'
        $tested.IsUsable | Should -BeFalse
        "$($tested.Finding)" | Should -Match 'opaque token'
        $Error.Count | Should -Be 0
    }

    It 'tests the token of a connection' {
        Connect-ExRun @identity -ClientSecret (ConvertTo-Secret $ClientSecretText) -Name tested
        try { (Test-ExRunToken -Connection tested).IsUsable | Should -BeTrue } finally { Disconnect-ExRun -Name tested }
        { Test-ExRunToken -Connection tested -ErrorAction Stop } | Should -Throw -ErrorId 'ExRun.ConnectionMissing,Test-ExRunToken'
    }
}
