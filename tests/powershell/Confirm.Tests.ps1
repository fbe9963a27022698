# Whoever is at the console is asked once for a run, and told how many mailboxes it is about.

# A console whose user gives one answer, and that keeps what was asked.
class AnsweringConsole : System.Management.Automation.Host.PSHostUserInterface {
    [System.Collections.Generic.List[string]] $Asked = [System.Collections.Generic.List[string]]::new()
    [int] $Answer
    [System.Management.Automation.Host.PSHostRawUserInterface] get_RawUI() { return $null }
    [string] ReadLine() { return '' }
    [securestring] ReadLineAsSecureString() { return $null }
    [void] Write([string] $text) { }
    [void] Write([System.ConsoleColor] $color, [System.ConsoleColor] $background, [string] $text) { }
    [void] WriteLine([string] $text) { }
    [void] WriteErrorLine([string] $text) { }
    [void] WriteDebugLine([string] $text) { }
    [void] WriteVerboseLine([string] $text) { }
    [void] WriteWarningLine([string] $text) { }
    [void] WriteProgress([long] $source, [System.Management.Automation.ProgressRecord] $record) { }
    [System.Collections.Generic.Dictionary[string, psobject]] Prompt([string] $caption, [string] $message, [System.Collections.ObjectModel.Collection[System.Management.Automation.Host.FieldDescription]] $fields) { return $null }
    [pscredential] PromptForCredential([string] $caption, [string] $message, [string] $user, [string] $target) { return $null }
    [pscredential] PromptForCredential([string] $caption, [string] $message, [string] $user, [string] $target, [System.Management.Automation.PSCredentialTypes] $types, [System.Management.Automation.PSCredentialUIOptions] $options) { return $null }
    [int] PromptForChoice([string] $caption, [string] $message, [System.Collections.ObjectModel.Collection[System.Management.Automation.Host.ChoiceDescription]] $choices, [int] $default) {
        $this.Asked.Add($message)
        return $this.Answer
    }
}

class AnsweringHost : System.Management.Automation.Host.PSHost {
    [AnsweringConsole] $Console = [AnsweringConsole]::new()
    [guid] $Identity = [guid]::NewGuid()
    [string] get_Name() { return 'ExRun tests' }
    [version] get_Version() { return '1.0' }
    [guid] get_InstanceId() { return $this.Identity }
    [System.Management.Automation.Host.PSHostUserInterface] get_UI() { return $this.Console }
    [cultureinfo] get_CurrentCulture() { return [cultureinfo]::InvariantCulture }
    [cultureinfo] get_CurrentUICulture() { return [cultureinfo]::InvariantCulture }
    [void] SetShouldExit([int] $code) { }
    [void] EnterNestedPrompt() { }
    [void] ExitNestedPrompt() { }
    [void] NotifyBeginApplication() { }
    [void] NotifyEndApplication() { }
}

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $working = Get-TestMailbox -Working

    # Runs a script at a console and returns what was asked, what came out, and how much was written to mailboxes.
    function Invoke-AtConsole {
        param([string] $Script, [int] $Answer)
        [void] (Invoke-Emulator -Method POST -What reset)
        $console = [AnsweringHost]::new()
        $console.Console.Answer = $Answer
        $runspace = [runspacefactory]::CreateRunspace($console)
        $runspace.Open()
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        try {
            [void] $shell.AddScript("param(`$working) Import-Module '$ModulePath'; $Script").AddArgument($working)
            $rows = @($shell.Invoke())
            $written = 0
            foreach ($count in (Invoke-Emulator -What state).writesByMailbox.PSObject.Properties) { $written += $count.Value }
            return [pscustomobject] @{ Asked = $console.Console.Asked; Rows = $rows; Written = $written; Errors = @($shell.Streams.Error) }
        } finally {
            $shell.Dispose()
            $runspace.Dispose()
        }
    }
}

AfterAll { Disconnect-ExRun }

Describe 'Confirm' {
    It 'asks once, for <Target>' -ForEach @(
        @{ Target = '3 mailboxes'; Script = '$working[0..2] | Set-ExRunMailboxSettings -DateFormat d.M.yyyy -Confirm'; Written = 3 }
        @{ Target = '1 mailbox'; Script = 'Set-ExRunMailboxSettings $working[0] -DateFormat d.M.yyyy -Confirm'; Written = 1 }
        @{ Target = '3 mailboxes'; Script = '$ConfirmPreference = ''Medium''; Set-ExRunMailboxSettings $working[0..2] -DateFormat d.M.yyyy'; Written = 3 }
        @{ Target = '2 mailboxes'; Script = '$working[0..1] | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = ''x'' } -Confirm'; Written = 2 }
        @{ Target = 'every mailbox of the tenant, 3 at most: 3 mailboxes'; Script = 'Set-ExRunMailboxSettings -All -Top 3 -DateFormat d.M.yyyy -Confirm'; Written = 3 }
        @{ Target = 'the mailboxes of the group Sales: * mailboxes'; Script = 'Set-ExRunMailboxSettings -Group Sales -DateFormat d.M.yyyy -Confirm'; Written = $null }
    ) {
        $yes = Invoke-AtConsole -Script $Script -Answer 0
        $yes.Errors | Where-Object { $_.FullyQualifiedErrorId -notlike 'ExRun.*' } | Should -BeNullOrEmpty
        $yes.Asked.Count | Should -Be 1
        $yes.Asked[0] | Should -BeLike "*, as the app $ClientId in the tenant $TenantId`" on target `"$Target`"*"
        if ($null -ne $Written) { $yes.Written | Should -Be $Written } else { $yes.Written | Should -BeGreaterThan 0 }

        $no = Invoke-AtConsole -Script $Script -Answer 2
        $no.Asked.Count | Should -Be 1
        $no.Written | Should -Be 0
        $no.Rows.Count | Should -Be 0
        $no.Errors.Count | Should -Be 0
    }

    It 'asks nothing where it is not wanted' {
        $run = Invoke-AtConsole -Script '$working[0..2] | Set-ExRunMailboxSettings -DateFormat d.M.yyyy; Set-ExRunMailboxSettings $working[0] -DateFormat d.M.yyyy -WhatIf -Confirm; Get-MailboxSettingsReport $working[0..2]' -Answer 2
        $run.Asked.Count | Should -Be 0
        $run.Rows.Count | Should -Be 7
    }
}
