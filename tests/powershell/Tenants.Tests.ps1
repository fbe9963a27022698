# Whose tenant a command acts in, where a process has connections of several: never another than the script means. Each test
# counts at the emulator what arrived, by the tenant of the token.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $mailboxes = @(Get-TestMailbox -Working | Where-Object { $_ -notmatch "'" })

    # In a PowerShell of its own, so that each case begins in a process that has connected nothing.
    function Invoke-Case {
        param([string] $Script)
        [void] (Invoke-Emulator -Method POST -What reset)
        $prologue = @"
`$MOD = '$ModulePath'; Import-Module `$MOD; `$ErrorActionPreference = 'Continue'
`$app = '$ClientId'; `$box = '$($mailboxes[0..9] -join "', '")'; `$fabrikam = '$($PartnerId['fabrikam.com'])'
function secret([string] `$text = '$ClientSecretText') { `$s = [securestring]::new(); `$text.ToCharArray() | ForEach-Object { `$s.AppendChar(`$_) }; `$s }
function connect([string] `$tenant, [string] `$name = 'Default', [string] `$text = '$ClientSecretText') {
    Connect-ExRun -TenantId `$tenant -ClientId `$app -ClientSecret (secret `$text) -Name `$name
}
`$connect = "`${function:connect}"; `$secret = "`${function:secret}"
# What each runspace of its own needs.
`$PRE = "Import-Module '`$MOD'; ```$app = '`$app'; ```$box = '`$(`$box -join "','")'; function secret { `$secret }; function connect { `$connect }"
"@
        $result = Invoke-Script ($prologue + "`n" + $Script)
        $result | Add-Member -NotePropertyName Requests -NotePropertyValue (Get-TenantRequest)
        $result | Add-Member -NotePropertyName Writes -NotePropertyValue (Get-TenantRequest -Writes)
        return $result
    }

    # Commands that act by a connection, each as one call for a mailbox in $_ of a runspace.
    $commands = @{
        'Set-ExRunMailboxSettings'        = 'Set-ExRunMailboxSettings $box[0] -TimeZone UTC -Confirm:$false'
        'Invoke-ExRunMailboxRequest'      = 'Invoke-ExRunMailboxRequest $box[0] -Method POST -Path calendars -Body @{ name = ''x'' } -Confirm:$false'
        'Get-MailboxSettingsReport'       = 'Get-MailboxSettingsReport $box[0]'
        'Get-EXRMailboxSettingsReport'    = 'Get-EXRMailboxSettingsReport $box[0]'
        'Get-MailboxSettings'             = 'Get-MailboxSettings $box[0]'
        'Get-EXRMailboxSettings'          = 'Get-EXRMailboxSettings $box[0]'
        'Get-MailboxTimeZone'             = 'Get-MailboxTimeZone $box[0]'
        'Get-EXRMailboxTimeZone'          = 'Get-EXRMailboxTimeZone $box[0]'
        'Get-AutomaticRepliesSettings'    = 'Get-AutomaticRepliesSettings $box[0]'
        'Get-EXRAutomaticRepliesSettings' = 'Get-EXRAutomaticRepliesSettings $box[0]'
        'Register-ExRunCertificate'       = 'Register-ExRunCertificate $env:EXRUN_TEST_FOLDER/app.pfx -Password (secret ''Marked-Secret-' + [char] 0xdf + '-7f3a'') -Confirm:$false'
        'Get-AppOnlyToken'                = 'Get-AppOnlyToken'
        'Get-EXRAppOnlyToken'             = 'Get-EXRAppOnlyToken'
        'Test-ExRunToken'                 = 'Test-ExRunToken'
    }
    [void] (Initialize-TestApp)
}

Describe 'Connect-ExRun in runspaces side by side' -Skip:($PSVersionTable.PSVersion.Major -lt 7) {
    It 'serves each with its own tenant, for reads and for writes' {
        $run = Invoke-Case @'
'contoso.com', 'fabrikam.com', 'adatum.com' | ForEach-Object -ThrottleLimit 3 -Parallel {
    . ([scriptblock]::Create($using:PRE))
    connect $_
    $null = Set-ExRunMailboxSettings $box -TimeZone 'Tokyo Standard Time' -Confirm:$false
    $null = Get-MailboxSettingsReport $box
    $null = $box | Get-MailboxSettings
    "$_ $((Get-ExRunLastRun).Tenant) $((Get-ExRunContext).TenantId)"
}
'@
        $run.Writes.contoso | Should -Be 10
        $run.Writes.fabrikam | Should -Be 10
        $run.Writes.adatum | Should -Be 10
        $run.Requests.contoso | Should -Be $run.Requests.fabrikam
        ($run.Lines | Sort-Object)[0] | Should -Match '^adatum.com adatum.com \(2b9c4d10'
    }

    It 'begins anew with each item of ForEach-Object -Parallel, also in a runspace that is used again' {
        $run = Invoke-Case @'
'contoso.com', 'none' | ForEach-Object -ThrottleLimit 1 -Parallel {
    . ([scriptblock]::Create($using:PRE))
    if ($_ -ne 'none') { connect $_ } else { try { connect fabrikam.com Default wrong } catch { 'refused' } }
    try { $null = Set-ExRunMailboxSettings $box[0] -TimeZone UTC -Confirm:$false; "$_ written" } catch { "$_ $($_.FullyQualifiedErrorId)" }
}
'@
        $run.Lines[0] | Should -Be 'contoso.com written'
        $run.Text | Should -Match 'refused'
        $run.Text | Should -Match 'ConnectionMissing'
        $run.Writes.contoso | Should -Be 1
        $run.Writes.fabrikam | Should -Be 0
    }

    It 'lets a runspace that connected nothing use the default of the process' {
        $run = Invoke-Case @'
connect fabrikam.com
1..2 | ForEach-Object -ThrottleLimit 2 -Parallel { . ([scriptblock]::Create($using:PRE)); $null = Set-ExRunMailboxSettings $box[$_] -TimeZone UTC -Confirm:$false }
'@
        $run.Writes.fabrikam | Should -Be 2
    }

    It 'refuses, naming both tenants, where the default became another''s since the job was started' {
        $run = Invoke-Case @'
connect contoso.com
$event = [System.Threading.ManualResetEventSlim]::new()
$job = Start-ThreadJob { . ([scriptblock]::Create($using:PRE)); $go = $using:event; [void] $go.Wait(60000); try { Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false } catch { "REFUSED $($_.FullyQualifiedErrorId): $_" } }
connect fabrikam.com
$event.Set()
$job | Receive-Job -Wait
'@
        $run.Text | Should -Match 'REFUSED ExRun.ConnectionChanged,Set-ExRunMailboxSettings: .*contoso\.com.*fabrikam\.com'
        $run.Writes.contoso | Should -Be 0
        $run.Writes.fabrikam | Should -Be 0
    }

    It 'refuses a name, too, that another runspace gave to another tenant, for <Case>' -ForEach @(
        @{ Case = 'a name'; Name = 'work'; Say = '-Connection work' }
        @{ Case = 'the default'; Name = 'Default'; Say = '' }
    ) {
        $run = Invoke-Case (@'
$jobs = foreach ($tenant in 'contoso.com', 'fabrikam.com') {
    $job = Start-ThreadJob { . ([scriptblock]::Create($using:PRE)); connect $using:tenant NAME }
    [void] (Wait-Job $job)
}
try { Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false SAY } catch { "REFUSED $($_.FullyQualifiedErrorId): $_" }
'@.Replace('NAME', $Name).Replace('SAY', $Say))
        $run.Text | Should -Match 'REFUSED ExRun.ConnectionChanged,Set-ExRunMailboxSettings: .*contoso\.com.*fabrikam\.com'
        ($run.Writes.contoso + $run.Writes.fabrikam) | Should -Be 0
    }

    It 'keeps serving the runspace that connected, whoever takes the name meanwhile' {
        $run = Invoke-Case @'
connect contoso.com
[void] (Wait-Job (Start-ThreadJob { . ([scriptblock]::Create($using:PRE)); connect fabrikam.com }))
$null = Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false
$null = $box | Get-MailboxSettings
'@
        $run.Writes.contoso | Should -Be 10
        $run.Requests.fabrikam | Should -Be 0
    }
}

Describe 'A pipeline in whose middle another tenant is connected' {
    It 'ends at <Name>, names both, and sends nothing with the wrong token' -ForEach @(
        @{ Name = 'Set-ExRunMailboxSettings'; Call = 'Set-ExRunMailboxSettings -TimeZone UTC -Confirm:$false' }
        @{ Name = 'Invoke-ExRunMailboxRequest'; Call = 'Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = ''x'' } -Confirm:$false' }
        @{ Name = 'Get-MailboxSettingsReport'; Call = 'Get-MailboxSettingsReport' }
        @{ Name = 'Get-MailboxSettings'; Call = 'Get-MailboxSettings -ErrorAction Stop' }
    ) {
        $run = Invoke-Case (@'
connect contoso.com
try { $box | ForEach-Object { if ($_ -eq $box[5]) { connect fabrikam.com }; $_ } | CALL | Out-Null } catch { "REFUSED $($_.FullyQualifiedErrorId): $_" }
'@.Replace('CALL', $Call))
        $run.Text | Should -Match "REFUSED ExRun.ConnectionChanged,$($Name): .*contoso\.com.*fabrikam\.com"
        $run.Requests.fabrikam | Should -Be 0
    }

    It 'ends where the sign-in to the other fails' {
        $run = Invoke-Case @'
connect contoso.com
try { $box | ForEach-Object { if ($_ -eq $box[5]) { try { connect fabrikam.com Default wrong } catch { } }; $_ } | Set-ExRunMailboxSettings -TimeZone UTC -Confirm:$false | Out-Null } catch { "REFUSED $($_.FullyQualifiedErrorId)" }
'@
        $run.Text | Should -Match 'REFUSED ExRun.ConnectionMissing,Set-ExRunMailboxSettings'
        $run.Writes.contoso | Should -BeLessOrEqual 5 -Because 'what came before was meant for it'
        $run.Writes.fabrikam | Should -Be 0
    }
}

Describe 'A Connect-ExRun that fails' {
    It 'leaves no connection of that name, says so, and no command sends anything then' {
        $calls = foreach ($name in $commands.Keys) { "try { `$null = $($commands[$name]) -ErrorAction Stop; '$name went on' } catch { `"$name `$(`$_.FullyQualifiedErrorId)`" }" }
        $run = Invoke-Case (@'
connect contoso.com
try { connect fabrikam.com Default wrong } catch { "FAILED $_" }
'@ + "`n" + ($calls -join "`n"))
        $run.Text | Should -Match 'FAILED .*the earlier connection Default, of the tenant contoso.com .* was taken away'
        foreach ($name in $commands.Keys) { $run.Lines | Should -Contain "$name ExRun.ConnectionMissing,$name" }
        $run.Requests.contoso | Should -Be 0
        $run.Requests.fabrikam | Should -Be 0
    }

    It 'does so however it fails' {
        $ways = [ordered] @{
            'a certificate that is not there'                = 'Connect-ExRun -TenantId fabrikam.com -ClientId $app -CertificatePath /nowhere/app.pfx'
            'a null tenant'                                  = 'Connect-ExRun -TenantId $null -ClientId $app -ClientSecret (secret)'
            'a blank app'                                    = 'Connect-ExRun -TenantId fabrikam.com -ClientId " " -ClientSecret (secret)'
            'a null secret'                                  = 'Connect-ExRun -TenantId fabrikam.com -ClientId $app -ClientSecret $null'
            'an empty secret'                                = 'Connect-ExRun -TenantId fabrikam.com -ClientId $app -ClientSecret ([securestring]::new())'
            'a null certificate'                             = 'Connect-ExRun -TenantId fabrikam.com -ClientId $app -Certificate $null'
            'a null token, splatted'                         = '$given = @{ AccessToken = $null }; Connect-ExRun @given'
            'the error object of a refused token request'    = 'Connect-ExRun -AccessToken ([pscustomobject] @{ error = "x"; error_description = "y" })'
            'a tenant that is not the expected one'          = 'Connect-ExRun -TenantId fabrikam.com -ClientId $app -ClientSecret (secret) -ExpectTenant contoso.com'
            'an expected tenant that is blank'               = 'Connect-ExRun -TenantId fabrikam.com -ClientId $app -ClientSecret (secret) -ExpectTenant $undefined'
            'an unknown tenant'                              = 'Connect-ExRun -TenantId nobody.example -ClientId $app -ClientSecret (secret)'
        }
        $cases = foreach ($case in $ways.Keys) { @"
connect contoso.com
try { $($ways[$case]); '$case`: CONNECTED' } catch { if ("`$_" -match 'was taken away') { '$case`: taken away' } else { "$case`: `$_" } }
try { Set-ExRunMailboxSettings `$box -TimeZone UTC -Confirm:`$false; '$case`: WRITTEN' } catch { "$case`: `$(`$_.FullyQualifiedErrorId)" }
"$case`: `$(@(Get-ExRunContext).Count) left"
"@ }
        $run = Invoke-Case ($cases -join "`n")
        foreach ($case in $ways.Keys) {
            $run.Lines | Should -Contain "$case`: taken away"
            $run.Lines | Should -Contain "$case`: ExRun.ConnectionMissing,Set-ExRunMailboxSettings"
            $run.Lines | Should -Contain "$case`: 0 left"
        }
        $run.Requests.contoso | Should -Be 0
        $run.Requests.fabrikam | Should -Be 0
    }

    It 'leaves none in use where PowerShell itself refuses the call: <Case>' -ForEach @(
        @{ Case = 'two tenants'; Call = 'Connect-ExRun -TenantId a.example, b.example -ClientId $app -ClientSecret (secret)' }
        @{ Case = 'a secret as text'; Call = 'Connect-ExRun -TenantId fabrikam.com -ClientId $app -ClientSecret text' }
        @{ Case = 'a parameter that there is not'; Call = 'Connect-ExRun -Tenant fabrikam.com -App $app' }
    ) {
        $run = Invoke-Case (@'
connect contoso.com
try { CALL } catch { 'FAILED' }
try { Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false } catch { "REFUSED $($_.FullyQualifiedErrorId) $_" }
connect fabrikam.com
$null = Set-ExRunMailboxSettings $box[0] -TimeZone UTC -Confirm:$false
'@.Replace('CALL', $Call))
        $run.Text | Should -Match 'FAILED'
        $run.Text | Should -Match 'REFUSED ExRun.ConnectionMissing,Set-ExRunMailboxSettings .*contoso\.com'
        $run.Writes.contoso | Should -Be 0
        $run.Writes.fabrikam | Should -Be 1
    }

    It 'leaves others, and does not fall back to them' {
        $run = Invoke-Case @'
connect contoso.com one
try { connect fabrikam.com two wrong } catch { 'FAILED' }
try { Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false } catch { "REFUSED $($_.FullyQualifiedErrorId)" }
$null = Set-ExRunMailboxSettings $box[0] -TimeZone UTC -Confirm:$false -Connection one
'@
        $run.Text | Should -Match 'REFUSED ExRun.ConnectionMissing'
        $run.Writes.contoso | Should -Be 1
    }

    It 'leaves none of the domain where it is Connect-EXRMailbox' {
        $run = Invoke-Case @'
function Get-AppSettings { [pscustomobject] @{ ClientId = $app; TenantId = 'contoso.com' } }
$password = secret ('Marked-Secret-' + [char] 0xdf + '-7f3a')
Connect-EXRMailbox kim@contoso.com -certificateFileName "$env:EXRUN_TEST_FOLDER/app.pfx" -certificateFilePassword $password
try { Connect-EXRMailbox kim@contoso.com -certificateFileName $null } catch { "FAILED $_" }
try { Get-MailboxSettings $box[0] -ErrorAction Stop } catch { "REFUSED $($_.FullyQualifiedErrorId)" }
'@
        $run.Text | Should -Match 'FAILED Error getting Access Token: .*certificateFileName.*was taken away'
        $run.Text | Should -Match 'REFUSED ExRun.ConnectionMissing,Get-MailboxSettings'
        $run.Requests.contoso | Should -Be 0
    }

    It 'does so where it is stopped in the middle' {
        Set-EmulatorFault @{ kind = 'token'; pathContains = 'fabrikam'; action = @{ delayMs = 600000 } }
        try {
            $run = Invoke-Case @'
connect contoso.com
$inner = [powershell]::Create()
$inner.Runspace = [runspacefactory]::CreateRunspace(); $inner.Runspace.Open()
[void] $inner.AddScript("$PRE; connect contoso.com").Invoke(); $inner.Commands.Clear()
$running = $inner.AddScript('connect fabrikam.com').BeginInvoke()
Import-Module HELPER
$clock = [System.Diagnostics.Stopwatch]::StartNew()
while ((Invoke-Emulator -What state).requests.token -lt 2 -and $clock.ElapsedMilliseconds -lt 60000) { [System.Threading.Thread]::Sleep(20) }
"asked: $((Invoke-Emulator -What state).requests.token)"
$inner.Stop(); $inner.Commands.Clear(); $inner.Streams.ClearStreams()
$inner.AddScript('try { Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false } catch { "REFUSED $($_.FullyQualifiedErrorId)" }').Invoke()
'@.Replace('HELPER', "'$PSScriptRoot/TestHelper.psm1'")
            $run.Text | Should -Match 'asked: 2'
            $run.Text | Should -Match 'REFUSED ExRun.ConnectionMissing'
            $run.Requests.contoso | Should -Be 0
        } finally { Set-EmulatorFault }
    }
}

Describe 'Disconnect-ExRun' {
    It 'ends what its runspace connected, and nothing of another' -Skip:($PSVersionTable.PSVersion.Major -lt 7) {
        $run = Invoke-Case @'
connect contoso.com
[void] (Wait-Job ($job = Start-ThreadJob { . ([scriptblock]::Create($using:PRE)); Disconnect-ExRun; connect fabrikam.com other; Disconnect-ExRun; (Get-ExRunContext).Name -join ',' }))
"job sees: $(Receive-Job $job)"
$null = Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false
'@
        $run.Text | Should -Match 'job sees: Default'
        $run.Writes.contoso | Should -Be 10
    }

    It 'ends everything with -All' -Skip:($PSVersionTable.PSVersion.Major -lt 7) {
        $run = Invoke-Case @'
connect contoso.com
[void] (Wait-Job (Start-ThreadJob { . ([scriptblock]::Create($using:PRE)); connect fabrikam.com other }))
Disconnect-ExRun
"then: $((Get-ExRunContext).Name -join ',')"
Disconnect-ExRun -All
"left: $(@(Get-ExRunContext).Count)"
'@
        $run.Text | Should -Match 'then: other'
        $run.Text | Should -Match 'left: 0'
    }

    It 'forgets that an attempt failed' {
        $run = Invoke-Case @'
try { connect fabrikam.com Default wrong } catch { }
Disconnect-ExRun
try { Get-MailboxSettings $box[0] -ErrorAction Stop } catch { "REFUSED $($_.FullyQualifiedErrorId)" }
'@
        $run.Text | Should -Match 'REFUSED ExRun.CredentialMissing'
    }
}

Describe 'An undo file' {
    It 'is refused for another tenant, and taken for its own; one that says no tenant only with -ExpectTenant' {
        $run = Invoke-Case (@'
$undo = Join-Path $env:EXRUN_TEST_FOLDER ('undo-' + [guid]::NewGuid().ToString('N') + '.jsonl')
connect contoso.com
$null = Set-ExRunMailboxSettings $box -DateFormat d.M.yyyy -UndoFile $undo -Confirm:$false
connect fabrikam.com
try { Set-ExRunMailboxSettings -Restore $undo -Confirm:$false } catch { "REFUSED $($_.FullyQualifiedErrorId) $_" }
try { Set-ExRunMailboxSettings -Restore $undo -Confirm } catch { "UNASKED $($_.FullyQualifiedErrorId)" }
try { Get-Content $undo | ConvertFrom-Json | Set-ExRunMailboxSettings -Confirm:$false } catch { "PIPED $($_.FullyQualifiedErrorId) $_" }
connect contoso.com
"restored: $(@(Set-ExRunMailboxSettings -Restore $undo -Confirm:$false).Count)"
$old = "$undo.old"
[System.IO.File]::WriteAllLines($old, [string[]] @(foreach ($line in [System.IO.File]::ReadAllLines($undo)) { $line -replace ',?"@tenant":"[^"]*"', '' }))
try { Set-ExRunMailboxSettings -Restore $old -Confirm:$false } catch { "UNTOLD $($_.FullyQualifiedErrorId)" }
"restored: $(@(Set-ExRunMailboxSettings -Restore $old -Confirm:$false -ExpectTenant contoso.com).Count)"
'@)
        $run.Text | Should -Match 'REFUSED ExRun.TenantMismatch,Set-ExRunMailboxSettings .*1c3a18bf.*fabrikam\.com'
        $run.Text | Should -Match 'UNASKED ExRun.TenantMismatch,Set-ExRunMailboxSettings'
        $run.Text | Should -Match 'PIPED ExRun.TenantMismatch,Set-ExRunMailboxSettings .*1c3a18bf'
        $run.Text | Should -Match 'UNTOLD ExRun.TenantMismatch'
        @($run.Lines -eq 'restored: 10').Count | Should -Be 2
        $run.Requests.fabrikam | Should -Be 0
        $run.Writes.contoso | Should -Be 30
    }
}

Describe 'Whose tenant it is' {
    It 'stands in what -WhatIf, -Verbose and Get-ExRunLastRun say of <Name>' -ForEach @(
        @{ Name = 'Set-ExRunMailboxSettings'; Call = 'Set-ExRunMailboxSettings $box[0] -TimeZone UTC -WhatIf' }
        @{ Name = 'Invoke-ExRunMailboxRequest'; Call = 'Invoke-ExRunMailboxRequest $box[0] -Method DELETE -Path messages/1 -WhatIf' }
        @{ Name = 'Register-ExRunCertificate'; Call = 'Register-ExRunCertificate "$env:EXRUN_TEST_FOLDER/app.pfx" -Password (secret (''Marked-Secret-'' + [char] 0xdf + ''-7f3a'')) -WhatIf' }
    ) {
        $run = Invoke-Case (@'
connect fabrikam.com
CALL -Verbose
'@.Replace('CALL', $Call))
        $run.Text | Should -Match "What if: .*as the app $ClientId in the tenant fabrikam.com \($($PartnerId['fabrikam.com'])\)"
        $run.Text | Should -Match '(VERBOSE: |^)(as|with the connection Default:) the app'
        $run.Writes.fabrikam | Should -Be 0
    }

    It 'must be the expected one: <Case>' -ForEach @(
        @{ Case = 'another, by id'; Call = 'Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false -ExpectTenant 1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4'; Written = 0 }
        @{ Case = 'another, by domain'; Call = 'Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false -ExpectTenant contoso.com'; Written = 0 }
        @{ Case = 'a domain that nobody has'; Call = 'Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false -ExpectTenant nobody.example'; Written = 0 }
        @{ Case = 'blank'; Call = 'Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false -ExpectTenant $undefined'; Written = 0 }
        @{ Case = 'requests'; Call = 'Invoke-ExRunMailboxRequest $box -Method POST -Path calendars -Body @{ name = ''x'' } -Confirm:$false -ExpectTenant contoso.com'; Written = 0 }
        @{ Case = 'the right one, by id'; Call = 'Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false -ExpectTenant $fabrikam'; Written = 10 }
        @{ Case = 'the right one, by domain'; Call = 'Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false -ExpectTenant Fabrikam.com'; Written = 10 }
    ) {
        $run = Invoke-Case (@'
connect FROM
try { $null = CALL } catch { "REFUSED $_" }
'@.Replace('CALL', $Call).Replace('FROM', $PartnerId['fabrikam.com']))
        $run.Writes.fabrikam | Should -Be $Written
        $run.Writes.contoso | Should -Be 0
        if ($Written -eq 0) { $run.Text | Should -Match 'REFUSED' } else { $run.Text | Should -Not -Match 'REFUSED' }
    }

    It 'is taken from the claims of a token that is given' {
        $run = Invoke-Case @'
connect fabrikam.com
$token = (Get-AppOnlyToken).access_token
try { $null = Set-ExRunMailboxSettings $box -TimeZone UTC -Confirm:$false -AccessToken $token -ExpectTenant contoso.com } catch { "REFUSED $_" }
$null = Set-ExRunMailboxSettings $box[0] -TimeZone UTC -Confirm:$false -AccessToken $token -ExpectTenant fabrikam.com
'@
        $run.Text | Should -Match 'REFUSED .*7f5d2c3e.*contoso\.com'
        $run.Writes.fabrikam | Should -Be 1
    }
}
