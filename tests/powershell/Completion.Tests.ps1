# What the Tab key offers, asked for as the console asks.

BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp

    # What is offered at the end of a line.
    function Get-Offer {
        param([string] $Line)
        [System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, @{}).CompletionMatches
    }
}

Describe 'A value that the Tab key completes' {
    It 'is a time zone, by its beginning, else by a part of it, in quotes where it needs them' {
        foreach ($command in 'Set-ExRunMailboxSettings -TimeZone', 'Set-MailboxSettings kim@contoso.com -WorkingHoursTimeZone') {
            (Get-Offer "$command w.").CompletionText | Should -Be @("'W. Australia Standard Time'", "'W. Central Africa Standard Time'", "'W. Europe Standard Time'", "'W. Mongolia Standard Time'")
            (Get-Offer "$command europe").ListItemText | Should -Contain 'W. Europe Standard Time'
            (Get-Offer "$command *aust").ListItemText | Should -Be @('Cen. Australia Standard Time', 'E. Australia Standard Time', 'W. Australia Standard Time')
            (Get-Offer "$command UT").CompletionText | Should -Contain 'UTC'
            @(Get-Offer "$command ").Count | Should -BeGreaterThan 130
        }
        foreach ($quote in "'", '"') { (Get-Offer "Set-ExRunMailboxSettings -TimeZone ${quote}w. eu").CompletionText | Should -Be "'W. Europe Standard Time'" }
    }

    It 'is a time zone or a language that the service knows' {
        $known = @(Get-Content ([System.IO.Path]::Combine($PSScriptRoot, '..', 'emulator', 'data', 'time-zones.txt')))
        foreach ($name in (Get-Offer 'Set-ExRunMailboxSettings -TimeZone ').ListItemText) { $known | Should -Contain $name }
        foreach ($name in (Get-Offer 'Set-ExRunMailboxSettings -Locale ').ListItemText) { [cultureinfo]::GetCultureInfo($name).Name | Should -Be $name }
        (Get-Offer 'Set-ExRunMailboxSettings -Locale de').CompletionText | Should -Be @('de-AT', 'de-CH', 'de-DE', 'de-LI', 'de-LU')
    }

    It 'is a cloud' {
        (Get-Offer 'Connect-ExRun -Cloud us').CompletionText | Should -Be @('usGov', 'usGovDod')
        (Get-Offer 'Get-EXRTenantId contoso.com -Cloud c').CompletionText | Should -Be 'china'
    }

    It 'is a setting for a report, also after a comma, and each that the report takes' {
        (Get-Offer 'Get-MailboxSettingsReport -Property UserP').CompletionText | Should -Be 'UserPurpose'
        (Get-Offer 'Get-EXRMailboxSettingsReport -Property WorkingDays, Date').CompletionText | Should -Be 'DateFormat'
        $offered = @((Get-Offer 'Get-MailboxSettingsReport -Property ').ListItemText)
        Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
        $all = (Get-MailboxSettingsReport (Get-TestMailbox -Working)[0] -Property *).PSObject.Properties.Name
        $offered | Should -Be @($all | Select-Object -Skip 5)
        Disconnect-ExRun
    }

    It 'is a connection, whatever characters its name has' {
        $names = 'partner', 'two words', "o'brien", 'run[1]', '10mb'
        foreach ($name in $names) { Connect-ExRun -Name $name -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password }
        foreach ($command in 'Get-MailboxSettings x -Connection', 'Set-MailboxSettings -Connection', 'Get-ExRunVaultSecret -Connection', 'Disconnect-ExRun -Name', 'Get-ExRunContext', 'Connect-ExRun -Name') {
            (Get-Offer "$command ").ListItemText | Sort-Object | Should -Be ($names | Sort-Object) -Because $command
        }
        # What is put on the line means the same connection.
        foreach ($offer in Get-Offer 'Get-ExRunContext -Name ') {
            & ([scriptblock]::Create("(Get-ExRunContext -Name $($offer.CompletionText)).Name")) | Should -Be $offer.ListItemText
        }
        (Get-Offer 'Get-ExRunContext -Name run[').ListItemText | Should -Be 'run[1]'
        (Get-Offer 'Get-ExRunContext -Name ''o''''b').ListItemText | Should -Be "o'brien"
        Get-Offer 'Get-ExRunVaultSecret -Name part' | Should -BeNullOrEmpty
        Disconnect-ExRun
    }

    It 'is a journal, or what else a run wrote, and a folder on the way to it' {
        $folder = Join-Path $TestDrive 'journals'
        foreach ($name in 'night.db', 'two words.db', 'run[1].db', 'report.csv', 'undo.jsonl', "o'brien.db") {
            [void] [System.IO.Directory]::CreateDirectory((Join-Path $folder 'older'))
            [System.IO.File]::WriteAllText((Join-Path $folder $name), '')
        }
        Push-Location $folder
        try {
            foreach ($command in 'Get-MailboxSettingsReport -Journal', 'Set-MailboxSettings -Journal', 'Invoke-ExRunMailboxRequest -Journal', 'Merge-ExRunJournal', 'Merge-ExRunJournal x') {
                (Get-Offer "$command ").ListItemText | Sort-Object | Should -Be ('night.db', "o'brien.db", 'older', 'run[1].db', 'two words.db' | Sort-Object) -Because $command
            }
            (Get-Offer 'Set-ExRunMailboxSettings -Restore u').ListItemText | Should -Be 'undo.jsonl'
            # With wildcards, too; where nothing has the ending, whatever is there.
            (Get-Offer 'Get-MailboxSettingsReport -Journal *words').ListItemText | Should -Be 'two words.db'
            (Get-Offer 'Get-MailboxSettingsReport -Journal rep').ListItemText | Should -Be 'report.csv'
            (Get-Offer 'Get-MailboxSettingsReport -Journal two').CompletionText | Should -BeLike "'*two words.db'"
            (Get-Offer ('Get-MailboxSettingsReport -Journal "{0}' -f (Join-Path $folder 'ni'))).ListItemText | Should -Be 'night.db'
        } finally {
            Pop-Location
        }
    }
}

Describe 'The path of a request that the Tab key completes' {
    It 'leads into the mailbox part by part' {
        (Get-Offer 'Invoke-ExRunMailboxRequest kim@contoso.com me').CompletionText | Should -Be @('messages', 'memberOf')
        (Get-Offer '$people | Invoke-ExRunMailboxRequest -Path mailF').CompletionText | Should -Be 'mailFolders'
        (Get-Offer 'Invoke-ExRunMailboxRequest -All -Path mailFolders/i').CompletionText | Should -Be 'mailFolders/inbox'
        (Get-Offer 'Invoke-ExRunMailboxRequest -All -Path mailFolders/inbox/').CompletionText | Should -Be @('mailFolders/inbox/childFolders', 'mailFolders/inbox/messageRules', 'mailFolders/inbox/messages')
        (Get-Offer 'Invoke-ExRunMailboxRequest -All -Path outlook').CompletionText | Should -Be @('outlook/masterCategories', 'outlook/supportedLanguages', 'outlook/supportedTimeZones')
    }

    It 'is one that the method has, and stands in single quotes where it must' {
        (Get-Offer 'Invoke-ExRunMailboxRequest -Method POST -Path messages/').CompletionText | Should -Contain "'messages/{id}/permanentDelete'"
        (Get-Offer 'Invoke-ExRunMailboxRequest -Method POST -Path send').CompletionText | Should -Be 'sendMail'
        Get-Offer 'Invoke-ExRunMailboxRequest -Method GET -Path send' | Should -BeNullOrEmpty
        (Get-Offer 'Invoke-ExRunMailboxRequest -Method DELETE -Path "messages').CompletionText | Should -Be "'messages/{id}'"
        (Get-Offer 'Invoke-ExRunMailboxRequest -Path photo/').CompletionText | Should -Be "'photo/`$value'"
    }

    It 'has options after its question mark, each once, and members in them' {
        (Get-Offer 'Invoke-ExRunMailboxRequest -Path ''messages?$to').CompletionText | Should -Be '''messages?$top='''
        (Get-Offer 'Invoke-ExRunMailboxRequest -Path ''messages?$top=5&').ListItemText | Should -Not -Contain 'messages?$top=5&$top='
        (Get-Offer 'Invoke-ExRunMailboxRequest -Path ''mailFolders/inbox/messages?$select=id,sub').CompletionText | Should -Be '''mailFolders/inbox/messages?$select=id,subject'''
        (Get-Offer 'Invoke-ExRunMailboxRequest -Path ''calendarView?').ListItemText | Should -Contain 'calendarView?startDateTime='
        Get-Offer 'Invoke-ExRunMailboxRequest -Path ''messages?$filter=x' | Should -BeNullOrEmpty
    }

    It 'says which members there are to select' {
        (Get-Offer 'Invoke-ExRunMailboxRequest -Path events -Select id, sub').CompletionText | Should -Be 'subject'
        (Get-Offer 'Invoke-ExRunMailboxRequest -Path mailFolders/inbox -Property tot').CompletionText | Should -Be 'totalItemCount'
    }
}

Describe 'The Tab key' {
    It 'never fails, whatever is typed, asks nobody and leaves nothing in $Error' {
        [void] (Invoke-Emulator -Method POST -What reset)
        $words = '', '[', '*[', '?', "'", '"', '''''', '$x', '$(', '{ $_', '@{', '/', '?a=b&', 'messages?$select=,', '-', ',', '(' , '#', ';', '\', '~/'
        # Each kind of value once: all parameters of a kind are completed by the same function.
        $parameters = 'Get-ExRunContext -Name', 'Get-MailboxSettings -Connection', 'Get-ExRunVaultSecret -Name', 'Invoke-ExRunMailboxRequest -Path', 'Invoke-ExRunMailboxRequest -Path messages -Select',
            'Get-MailboxSettingsReport -Property', 'Set-ExRunMailboxSettings -TimeZone', 'Set-ExRunMailboxSettings -Locale', 'Set-ExRunMailboxSettings -Restore', 'Merge-ExRunJournal -Path'
        $global:Error.Clear()
        $ErrorActionPreference = 'Stop'
        Set-StrictMode -Version Latest
        foreach ($parameter in $parameters) { foreach ($word in $words) { [void] (Get-Offer "$parameter $word") } }
        Set-StrictMode -Off
        $global:Error.Count | Should -Be 0 -Because "$($global:Error | Select-Object -First 1)"
        $requests = (Invoke-Emulator -What state).requests
        foreach ($kind in 'graph', 'token') { if ($requests.PSObject.Properties[$kind]) { $requests.$kind | Should -Be 0 } }
    }

    It 'needs no library, no connection and no file that is there' {
        $result = Invoke-Script @"
`$env:EXRUN_LIBRARY = '/nowhere/libexrun.so'
Import-Module '$ModulePath'
(TabExpansion2 'Get-MailboxSettingsReport -Property UserP').CompletionMatches.CompletionText
@((TabExpansion2 'Get-MailboxSettings -Connection none-of-this').CompletionMatches).Count
(TabExpansion2 'Set-MailboxSettings -TimeZone Tok').CompletionMatches.CompletionText
`$Error.Count
"@
        $result.Lines | Should -Be @('UserPurpose', '0', "'Tokyo Standard Time'", '0')
    }
}
