BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    $working = Get-TestMailbox -Working
    Disconnect-ExRun
    $file = @{ CertificatePath = $app.PfxFile; Password = $app.Password }
    $token = (Get-AppOnlyToken $app.PfxFile -TenantId $app.TenantId -ClientId $app.ClientId -password $app.Password).access_token
}

AfterAll { Disconnect-ExRun }

Describe 'What must not be missed' {
    It 'reaches Write-Warning, of whatever kind it is' {
        # Once in a process: in one of its own.
        $script = @'
Import-Module '{0}'
$secret = [securestring]::new()
foreach ($letter in '{1}'.ToCharArray()) {{ $secret.AppendChar($letter) }}
Connect-ExRun -TenantId {2} -ClientId {3} -ClientSecret $secret -WarningVariable warned -WarningAction SilentlyContinue
"warned: $warned"
'@ -f $ModulePath, $ClientSecretText, $TenantId, $ClientId
        (Invoke-Script $script).Text | Should -Match 'warned: every request of this process goes to 127\.0\.0\.1'
    }
}

Describe 'What people paste' {
    AfterEach { Disconnect-ExRun }

    It 'signs in with ids and a secret that have <Name>' -ForEach @(
        @{ Name = 'a line break at the end'; Before = ''; After = "`r`n" }
        @{ Name = 'zero-width blanks'; Before = [string] [char] 0x200B; After = [string] [char] 0x200B }
        @{ Name = 'a byte order mark'; Before = [string] [char] 0xFEFF; After = '' }
        @{ Name = 'direction marks'; Before = [string] [char] 0x202A; After = [string] [char] 0x202C }
    ) {
        $secret = ConvertTo-Secret ($Before + $ClientSecretText + $After)
        Connect-ExRun -TenantId ('{0}{{{1}}}{2}' -f $Before, $app.TenantId, $After) -ClientId ('{0}{{{1}}}{2}' -f $Before, $app.ClientId, $After) -ClientSecret $secret
        (Get-EXRMailboxTimeZone ($Before + $working[0] + $After)).value | Should -Not -BeNullOrEmpty
    }

    It 'reads an access token given as <Name>' -ForEach @(
        @{ Name = 'a text in quotes'; Make = { param($t) """$t""" } }
        @{ Name = 'a text with a byte order mark'; Make = { param($t) "$([char] 0xFEFF)$t" } }
        @{ Name = 'a header''s line'; Make = { param($t) "Authorization: Bearer $t" } }
        @{ Name = 'a text that was wrapped'; Make = { param($t) $t.Insert(60, "`r`n") } }
        @{ Name = 'a SecureString with a line break'; Make = { param($t) ConvertTo-Secret "$t`n" } }
        @{ Name = 'an object with a header''s value'; Make = { param($t) @{ access_token = "Bearer $t" } } }
    ) {
        $given = & $Make $token
        (ConvertFrom-ExRunToken $given).claims.tid | Should -Be $app.TenantId
        (Get-EXRMailboxTimeZone $working[0] -AccessToken $given).value | Should -Not -BeNullOrEmpty
        @(Get-MailboxSettingsReport $working[0] -AccessToken $given)[0].TimeZone | Should -Not -BeNullOrEmpty
        (Test-ExRunToken $given).IsUsable | Should -BeTrue
        Connect-ExRun -AccessToken $given
        (Get-EXRMailboxTimeZone $working[0]).value | Should -Not -BeNullOrEmpty
    }

    It 'sends nothing that is no token' {
        $before = Invoke-Emulator -What state
        foreach ($text in 'hunter2-password', 'hunter2.with.dots', ' ', '"', 'Bearer', '{"access_token":"hunter2"}') {
            # One that is blank is a variable that is empty.
            $name = if ($text.Trim()) { 'TokenInvalid' } else { 'InvalidArgument' }
            { Connect-ExRun -AccessToken $text } | Should -Throw -ErrorId "ExRun.$name,Connect-ExRun"
            "$($Error[0])" | Should -Not -Match 'hunter2'
        }
        (Invoke-Emulator -What state).requests | ConvertTo-Json -Compress | Should -Be ($before.requests | ConvertTo-Json -Compress)
    }

    It 'leaves a token that is encrypted to who can read it' {
        $encode = { param($Text) [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($Text)).TrimEnd('=').Replace('+', '-').Replace('/', '_') }
        $encrypted = (& $encode '{"alg":"RSA-OAEP","enc":"A256GCM"}') + '.a.b.c.d'
        $Error.Clear()
        Get-EXRMailboxTimeZone $working[0] -AccessToken $encrypted -ErrorAction SilentlyContinue -ErrorVariable failure | Should -BeNullOrEmpty
        $failure.FullyQualifiedErrorId | Should -Be 'ExRun.Unauthorized,Get-EXRMailboxTimeZone'
        $Error.Count | Should -Be 1
    }

    It 'finds a file whose path was copied with a mark before it' {
        Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath "$([char] 0x202A)$($app.PfxFile)$([char] 0x200E)" -Password $app.Password
        $out = Join-Path $app.Folder 'marked.csv'
        Get-MailboxSettingsReport $working[0] -OutFile "$([char] 0x202A)$out"
        Test-Path -LiteralPath $out | Should -BeTrue
    }
}
