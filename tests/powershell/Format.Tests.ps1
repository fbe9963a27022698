BeforeAll {
    Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
    Import-ExRun
    $app = Initialize-TestApp
    Connect-ExRun -TenantId $app.TenantId -ClientId $app.ClientId -CertificatePath $app.PfxFile -Password $app.Password
    $working = @(Get-TestMailbox -Working)
    $broken = @(Get-TestMailbox -Broken)
    $escape = [string] [char] 27

    # A function of the module that no command stands before.
    function Invoke-Own {
        param([string] $Name, [hashtable] $With)
        & (Get-Module ExRun) { param($Name, $With) Import-PrivateFunction; & $Name @With } $Name $With
    }

    # What a person sees of it, as lines without blanks at their ends.
    function Show {
        param($InputObject, [int] $Width = 120, [string] $Culture = 'en-US')
        $thread = [System.Threading.Thread]::CurrentThread
        $before = $thread.CurrentCulture
        try {
            $thread.CurrentCulture = [cultureinfo]::new($Culture)
            return @(($InputObject | Out-String -Width $Width) -split '\r?\n' | ForEach-Object { $_.TrimEnd() } | Where-Object { $_ })
        } finally {
            $thread.CurrentCulture = $before
        }
    }

    # An object that has a view, as the commands make them.
    function New-Viewed {
        param([string] $Name, $Members)
        $object = [pscustomobject] $Members
        Invoke-Own Add-View @{ InputObject = $object; Name = "ExRun.$Name" }
        return $object
    }

    function New-LastRun {
        param([hashtable] $With = @{})
        $members = [ordered] @{
            Command            = 'Get-MailboxSettingsReport'
            Tenant             = 'contoso.com'
            Outcome            = 'Completed'
            StartedAt          = [datetime]::new(2026, 11, 29, 14, 5, 0)
            Duration           = [timespan]::new(1, 2, 3)
            Completed          = 40000
            Succeeded          = 38995
            Failed             = 1005
            Outcomes           = [pscustomobject] @{ AccessDenied = 5; Ok = 38995; NotFound = 1000 }
            Recalled           = 1200
            Duplicates         = 0
            Skipped            = 3
            OtherShards        = 0
            Requests           = 2000
            Batches            = 1990
            Retries            = 0
            Throttled          = 12
            TokenRenewals      = 1
            Bytes              = 1
            MailboxesPerSecond = 1234.5
            Rates              = @(foreach ($at in 1..4) { [pscustomobject] @{ AtMs = 1000 * $at; Completed = 10 * $at * $at } })
        }
        foreach ($name in $With.Keys) { $members[$name] = $With[$name] }
        return New-Viewed LastRun $members
    }
}

AfterAll { Disconnect-ExRun }

Describe 'The views' {
    It 'are written for every PowerShell, and their blocks can be read' {
        $file = Join-Path (Split-Path $ModulePath) 'ExRun.Format.ps1xml'
        $text = [System.IO.File]::ReadAllText($file)
        $text | Should -Not -Match '[^\x00-\x7f]'
        $blocks = @(([xml] $text).SelectNodes('//ScriptBlock'))
        $blocks.Count | Should -BeGreaterThan 5
        foreach ($block in $blocks) {
            $errors = $null
            $tree = [System.Management.Automation.Language.Parser]::ParseInput($block.InnerText, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty
            $tree.FindAll({ param($node) $node.GetType().Name -in 'TernaryExpressionAst', 'PipelineChainAst' -or ($node.PSObject.Properties['NullConditional'] -and $node.NullConditional) }, $true) | Should -BeNullOrEmpty
        }
    }

    It 'are loaded by what has one, and not by the import' {
        $result = Invoke-Script @"
Import-Module '$ModulePath'
'before {0}' -f @(Get-FormatData -TypeName ExRun.LastRun).Count
`$null = & (Get-Module ExRun) { Import-PrivateFunction; Add-View -InputObject ([pscustomobject] @{ Command = 'x' }) -Name ExRun.LastRun }
'after {0}' -f @(Get-FormatData -TypeName ExRun.LastRun).Count
'errors {0}' -f `$Error.Count
"@
        $result.Text | Should -Be "before 0`nafter 1`nerrors 0"
    }

    It 'are loaded by a sign-in, so that a session shows what its other runspaces have made' {
        $result = Invoke-Script @"
Import-Module '$ModulePath'
Connect-ExRun -AccessToken ('ey' + 'J0IjoxfQ.eyJhIjoxfQ.c2ln')
`$other = [powershell]::Create()
`$made = `$other.AddScript({
        param(`$Path)
        Import-Module `$Path
        `$change = [pscustomobject] @{ MailboxName = 'kim@contoso.com'; Outcome = 'Changed'; Changes = @([pscustomobject] @{ Setting = 'timeZone'; From = 'GMT'; To = 'UTC' }) }
        & (Get-Module ExRun) { Import-PrivateFunction; Add-View -InputObject `$args[0] -Name ExRun.SettingsChange } `$change
        `$change
    }).AddArgument('$ModulePath').Invoke()
`$other.Dispose()
`$made | Out-String -Width 120
'errors {0}' -f `$Error.Count
"@
        $result.Text | Should -Match 'kim@contoso\.com +Changed +timeZone: GMT'
        $result.Text | Should -Match 'errors 0'
    }

    It 'are of the types that the commands say they return, and of no others' {
        $text = [System.IO.File]::ReadAllText((Join-Path (Split-Path $ModulePath) 'ExRun.Format.ps1xml'))
        # Errors are no output.
        $viewed = @(([xml] $text).SelectNodes('//TypeName') | ForEach-Object { $_.InnerText } | Where-Object { $_ -ne 'ExRun.MailboxError' } | Sort-Object -Unique)
        $told = @((Get-Module ExRun).ExportedFunctions.Values | ForEach-Object { $_.OutputType.Name } | Where-Object { $_ -like 'ExRun.*' } | Sort-Object -Unique)
        $viewed | Should -Be $told
    }

    It 'show what is there when the module is gone' {
        $result = Invoke-Script @"
Import-Module '$ModulePath'
`$run = [pscustomobject] @{ Command = 'Get-It'; Outcome = 'Completed' }
`$change = [pscustomobject] @{ MailboxName = 'kim@contoso.com'; Change = 'Changed'; Property = 'TimeZone'; From = 'UTC'; To = 'GMT' }
& (Get-Module ExRun) { Import-PrivateFunction; Add-View -InputObject `$args[0] -Name ExRun.LastRun; Add-View -InputObject `$args[1] -Name ExRun.ReportChange } `$run `$change
Remove-Module ExRun
`$run | Out-String -Width 120
`$change | Out-String -Width 120
"@
        $result.Text | Should -Match 'Command +: Get-It'
        $result.Text | Should -Match 'kim@contoso\.com +Changed +\{TimeZone, UTC, GMT\}'
    }
}

Describe 'A text in a view' {
    It 'has no more than one line, and nothing that a terminal obeys' {
        $hostile = "a`r`nb`tc$escape[31mred`0`a" + [char] 0x202e + 'turned' + [char] 0x2028 + 'z' + [char] 0x9b
        Invoke-Own Format-OneLine @{ Value = $hostile } | Should -Be 'a b c [31mred turned z'
    }

    It 'is shortened, and no character is torn' {
        $text = 'abcd' + [char]::ConvertFromUtf32(0x1f600) * 20
        Invoke-Own Format-OneLine @{ Value = $text; Most = 10 } | Should -Be ('abcd' + [char]::ConvertFromUtf32(0x1f600) + '...')
        (Invoke-Own Format-OneLine @{ Value = 'x' * 5000000; Most = 60 }).Length | Should -Be 60
    }

    It 'of HTML is what its reader sees' {
        $html = '<html><head><TITLE>t</TITLE><style>p { color: red }</style></head><body><!-- no --><DIV>Ich bin <b>bis</b> 1&#46; Mai weg.</DIV><p>5 &lt; 6 &amp; 3 < 4</p><script>alert(1)</script></body></html>'
        Invoke-Own Format-OneLine @{ Value = $html; Html = $true } | Should -Be 'Ich bin bis 1. Mai weg. 5 < 6 & 3 < 4'
        Invoke-Own Format-OneLine @{ Value = '<SCRIPT>x</SCRIPT>' + '<div>' * 200000; Html = $true } | Should -Be '...'
    }

    It 'of nothing, of a list and of an object within an object is one, too' {
        Invoke-Own Format-OneLine @{ Value = $null } | Should -Be ''
        Invoke-Own Format-OneLine @{ Value = @('monday', $null, 'friday') } | Should -Be 'monday, , friday'
        Invoke-Own Format-OneLine @{ Value = [pscustomobject] @{ a = 1; b = [pscustomobject] @{ c = 'x' } } } | Should -Be 'a=1, b=c=x'
    }

    It 'has signs where the console can show them, and else ASCII' {
        $arrow = [string] [char] 0x2192
        Invoke-Own Select-Sign @{ Sign = $arrow; Ascii = '->'; Encoding = [System.Text.Encoding]::UTF8 } | Should -Be $arrow
        Invoke-Own Select-Sign @{ Sign = $arrow; Ascii = '->'; Encoding = [System.Text.Encoding]::ASCII } | Should -Be '->'
        Invoke-Own Select-Sign @{ Sign = $arrow; Ascii = '->'; Encoding = [System.Text.Encoding]::GetEncoding('iso-8859-1') } | Should -Be '->'
    }
}

Describe 'Get-ExRunLastRun' {
    It 'is shown as a summary in <Culture>' -ForEach @(
        @{ Culture = 'en-US' }
        @{ Culture = 'de-DE' }
        @{ Culture = 'tr-TR' }
    ) {
        $of = [cultureinfo]::new($Culture)
        $bars = Invoke-Own Select-Sign @{ Sign = -join [char[]] (0x2581..0x2588); Ascii = '_.-~=+*#' }
        Show (New-LastRun) -Culture $Culture | Should -Be @(
            'Command   : Get-MailboxSettingsReport'
            'Outcome   : Completed'
            'Tenant    : contoso.com'
            'Started   : {0}, took 01:02:03' -f [datetime]::new(2026, 11, 29, 14, 5, 0).ToString('g', $of)
            [string]::Format($of, 'Mailboxes : {0:N0}: {1:N0} succeeded, {2:N0} failed', 40000, 38995, 1005)
            [string]::Format($of, 'Failures  : {0:N0} NotFound', 1000)
            '            5 AccessDenied'
            [string]::Format($of, 'Of these  : {0:N0} from the journal', 1200)
            'Left out  : 3 without a mailbox'
            # 10, 30, 50 and 70 in the four seconds.
            [string]::Format($of, 'Rate      : {0:N1} a second  {1}', 1234.5, ($bars[1], $bars[3], $bars[5], $bars[7] -join ''))
            [string]::Format($of, 'Requests  : {0:N0}, {1:N0} of them batches, 12 throttled, 1 new tokens', 2000, 1990)
        )
    }

    It 'is shown whatever is missing, and however much there is' {
        $nothing = @{}
        foreach ($name in 'Tenant', 'StartedAt', 'Duration', 'Completed', 'Outcomes', 'Recalled', 'Requests', 'MailboxesPerSecond', 'Rates') { $nothing[$name] = $null }
        (Show (New-LastRun $nothing))[0] | Should -Be 'Command   : Get-MailboxSettingsReport'
        $causes = [ordered] @{}
        foreach ($number in 1..100) { $causes["$escape[2JCause$number" + 'x' * 300] = $number }
        $rates = @(foreach ($at in 1..5000) { [pscustomobject] @{ AtMs = 10 * $at; Completed = $at } })
        $lines = Show (New-LastRun @{ Outcomes = [pscustomobject] $causes; Rates = $rates; Tenant = "a`n$escape[31m" })
        $lines.Count | Should -BeLessThan 25
        ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 120
        $lines -join "`n" | Should -Not -Match $escape
        $lines -join "`n" | Should -Match '92 more causes'
    }

    It 'names the files of the run, and is the object that it was' {
        $journal = Join-Path $TestDrive 'seen.db'
        $report = Join-Path $TestDrive 'seen.csv'
        Get-MailboxSettingsReport @($working[0], $broken[0]) -Journal $journal -OutFile $report -ErrorAction SilentlyContinue
        $run = Get-ExRunLastRun
        $shown = (Show $run 400) -join "`n"
        $shown | Should -Match ('Files +: ' + [regex]::Escape($report) + "\n +" + [regex]::Escape($journal) + ' \(journal\)')
        $shown | Should -Match 'Mailboxes : 2: 1 succeeded, 1 failed'
        $names = 'Command', 'Tenant', 'Outcome', 'StartedAt', 'Duration', 'Completed', 'Succeeded', 'Failed', 'Outcomes', 'Recalled', 'Duplicates', 'Skipped', 'OtherShards',
            'Requests', 'Batches', 'Retries', 'Throttled', 'TokenRenewals', 'Bytes', 'MailboxesPerSecond', 'Rates'
        $run.PSObject.Properties.Name | Should -Be $names
        ($run | ConvertTo-Json -Depth 4 | ConvertFrom-Json).PSObject.Properties.Name | Should -Be $names
        ($run | ConvertTo-Csv -NoTypeInformation)[0] | Should -Be ('"' + ($names -join '","') + '"')
        ($run | Select-Object -Property *).PSObject.Properties.Name | Should -Be $names
        $run.PSObject.TypeNames | Should -Be 'ExRun.LastRun', 'System.Management.Automation.PSCustomObject', 'System.Object'
    }

    It 'says of a file that it was not written where the run was cut' {
        { Get-MailboxSettingsReport $broken -OutFile (Join-Path $TestDrive 'cut.csv') -StopAfterErrors 1 -ErrorAction SilentlyContinue } | Should -Throw
        (Show (Get-ExRunLastRun) 400) -join "`n" | Should -Match 'cut\.csv \(not written\)'
    }
}

Describe 'Get-ExRunContext' {
    It 'is shown as a table that fits, and is the object that it was' {
        $context = Get-ExRunContext
        $lines = Show $context
        $lines[0] | Should -Match '^Name +App +Method +Expires +Tenant$'
        $lines[2] | Should -Match "^Default +ExRun emulator app +Certificate +.+ $TenantId`$"
        $context.PSObject.Properties.Name | Should -Be 'Name', 'TenantId', 'ClientId', 'AppName', 'Account', 'Method', 'Cloud', 'Credential', 'Thumbprint', 'CertificateExpiresOn', 'Roles', 'Scopes', 'ExpiresOn', 'ConnectedAt'
        $context.PSObject.TypeNames[0] | Should -Be 'ExRun.Context'
        @($context.PSObject.TypeNames) | Should -Contain 'System.Management.Automation.PSCustomObject'
    }

    It 'shows names that nobody should give, and members that are not known' {
        $members = @{ Name = "$escape[2J" + 'n' * 500; TenantId = $null; ClientId = $ClientId; AppName = $null; Account = $null; Method = 'DeviceCode'; ExpiresOn = $null }
        $lines = Show (New-Viewed Context $members)
        ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 120
        $lines -join "`n" | Should -Match $ClientId
        $lines -join "`n" | Should -Not -Match $escape
    }
}

Describe 'Get-MailboxSettings' {
    It '<Name> is shown without HTML, and is the object that it was' -ForEach @(
        @{ Name = 'Get-MailboxSettings'; Shown = '(?m)^  InternalReplyMessage +: \w' }
        @{ Name = 'Get-EXRMailboxSettings'; Shown = '(?m)^  internalReplyMessage +: \w' }
        @{ Name = 'Get-AutomaticRepliesSettings'; Shown = '(?m)^InternalReplyMessage +: \w' }
    ) {
        $null = Set-ExRunMailboxSettings $working[5] -InternalReplyMessage "<html><body><p>Back on 1 May.</p>$('<div style="color:red">long</div>' * 200)</body></html>"
        $settings = & $Name $working[5]
        $lines = Show $settings
        $text = $lines -join "`n"
        $text | Should -MatchExactly $Shown
        $text | Should -Match 'Back on 1 May\. long long'
        $text | Should -Not -Match '<|@odata|@\{'
        ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 120
        $message = ($settings | ConvertTo-Json -Depth 8 | ConvertFrom-Json)
        if ($message.PSObject.Properties['AutomaticRepliesSetting']) { $message = $message.AutomaticRepliesSetting }
        $message.InternalReplyMessage | Should -BeLike '<html>*'
        $settings.PSObject.TypeNames | Should -Be 'ExRun.MailboxSettings', 'System.Management.Automation.PSCustomObject', 'System.Object'
    }

    It 'shows what is null, nested, long or hostile within 120 columns' {
        $deep = [pscustomobject] @{ value = 'x' }
        foreach ($level in 1..30) { $deep = [pscustomobject] @{ a = 1; b = 2; inner = $deep } }
        $lines = Show (New-Viewed MailboxSettings ([ordered] @{
                    timeZone = $null
                    language = [pscustomobject] @{ locale = 'de-DE'; displayName = $null }
                    days = @('monday', 'friday')
                    "bad$escape[31m`nname" = "a$escape]0;title`a" + 'x' * 100000
                    empty = [pscustomobject] @{}
                    when = [pscustomobject] @{ dateTime = '2026-11-23T08:00:00.0000000'; timeZone = 'UTC' }
                    deep = $deep
                }))
        ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 120
        $lines.Count | Should -BeLessThan 30
        $text = $lines -join "`n"
        $text | Should -Not -Match $escape
        $text | Should -Match '(?m)^language +: de-DE$'
        $text | Should -Match '(?m)^days +: monday, friday$'
        $text | Should -Match '(?m)^when +: 2026-11-23T08:00:00, UTC$'
    }
}

Describe 'Set-ExRunMailboxSettings' {
    It 'shows what changes as from what to what, and gives the objects that it gave' {
        $arrow = Invoke-Own Select-Sign @{ Sign = [string] [char] 0x2192; Ascii = '->' }
        $null = Set-ExRunMailboxSettings $working[6] -TimeZone 'Tokyo Standard Time' -WorkingDays Monday, Tuesday -InternalReplyMessage '<html><body>Away</body></html>'
        $row = Set-ExRunMailboxSettings $working[6] -TimeZone UTC -WorkingDays Friday -InternalReplyMessage '' -WhatIf
        $lines = Show $row
        $lines[0] | Should -Match '^MailboxName +Outcome +Changes$'
        $text = $lines -join "`n"
        $text | Should -Match ('^.*\n.*\n' + [regex]::Escape($working[6]) + " +WouldChange timeZone: Tokyo Standard Time $arrow UTC\n")
        $text | Should -Match "(?m)^ +workingHours\.daysOfWeek: monday, tuesday $arrow friday`$"
        $text | Should -Match "Away $arrow"
        $text | Should -Not -Match '@\{|<'
        ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 120
        $row.PSObject.Properties.Name | Should -Be 'MailboxName', 'Outcome', 'Changes'
        ($row | ConvertTo-Json -Depth 5 | ConvertFrom-Json).Changes[0].PSObject.Properties.Name | Should -Be 'Setting', 'From', 'To'
        ($row | ConvertTo-Csv -NoTypeInformation)[0] | Should -Be '"MailboxName","Outcome","Changes"'
        $row.PSObject.TypeNames | Should -Be 'ExRun.SettingsChange', 'System.Management.Automation.PSCustomObject', 'System.Object'
    }

    It 'shows why a mailbox failed, where the row says so' {
        $row = Set-ExRunMailboxSettings $broken[0] -TimeZone UTC -IncludeError -ErrorAction SilentlyContinue
        (Show $row)[2] | Should -Match ([regex]::Escape($broken[0]) + ' +Failed +' + [regex]::Escape($row.ErrorCode))
    }

    It 'shows null, long and hostile values: <Culture>' -ForEach @(@{ Culture = 'en-US' }, @{ Culture = 'de-DE' }, @{ Culture = 'tr-TR' }) {
        $changes = @(
            [pscustomobject] @{ Setting = 'TITLEMESSAGE'; From = '<P>' + 'x' * 9000; To = $null }
            [pscustomobject] @{ Setting = "a`n$escape[31mb"; From = 1.5; To = "$escape[2J`r`n" }
            [pscustomobject] @{ Setting = $null }
            $null
        )
        foreach ($given in $changes, $null) {
            $lines = Show (New-Viewed SettingsChange ([ordered] @{ MailboxName = "kim$escape[31m@contoso.com"; Outcome = 'Changed'; Changes = $given })) -Culture $Culture
            ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 120
            $lines -join "`n" | Should -Not -Match "$escape|<"
            $lines[2] | Should -Match '^kim \[31m@contoso\.com +Changed'
            if ($null -ne $given) {
                $lines[2] | Should -Match ' TITLEMESSAGE: x+'
                $lines -join "`n" | Should -Match ' a \[31mb: 1\.5 .+ \[2J'
            }
        }
    }
}

Describe 'What a job or another computer gives' {
    It 'is shown like what this session made: <Type>' -ForEach @(
        @{ Type = 'SettingsChange'; Make = { New-Viewed SettingsChange ([ordered] @{ MailboxName = 'kim@contoso.com'; Outcome = 'Changed'; Changes = @([pscustomobject] @{ Setting = 'timeZone'; From = 'GMT'; To = 'UTC' }) }) } }
        @{ Type = 'LastRun'; Make = { New-LastRun } }
        @{ Type = 'Context'; Make = { Get-ExRunContext } }
        @{ Type = 'MailboxSettings'; Make = { Get-MailboxSettings $working[0] } }
    ) {
        $made = & $Make
        $given = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($made, 3))
        # As Receive-Job and Invoke-Command add them.
        $origin = [ordered] @{ PSComputerName = 'localhost'; RunspaceId = [guid]::NewGuid(); PSShowComputerName = $false; PSSourceJobInstanceId = [guid]::NewGuid() }
        foreach ($name in $origin.Keys) { $given.PSObject.Properties.Add([psnoteproperty]::new($name, $origin[$name])) }
        $given.PSObject.TypeNames[0] | Should -Be "Deserialized.ExRun.$Type"
        Show $given | Should -Be (Show $made)
    }
}

Describe 'Compare-ExRunReport' {
    It 'shows what changed as from what to what, and gives the objects that it gave' {
        $arrow = Invoke-Own Select-Sign @{ Sign = [string] [char] 0x2192; Ascii = '->' }
        $old = [pscustomobject] @{ MailboxName = 'kim@contoso.com'; TimeZone = 'Tokyo Standard Time'; Locale = 'de-DE' }, [pscustomobject] @{ MailboxName = 'lee@contoso.com'; TimeZone = 'UTC'; Locale = 'x' }
        $new = [pscustomobject] @{ MailboxName = 'kim@contoso.com'; TimeZone = 'UTC'; Locale = $null }
        $rows = @(Compare-ExRunReport $old $new)
        Show $rows | ForEach-Object { $_ -replace ' +', ' ' } | Should -Be @(
            'MailboxName Change What'
            '----------- ------ ----'
            "kim@contoso.com Changed TimeZone: Tokyo Standard Time $arrow UTC"
            "kim@contoso.com Changed Locale: de-DE $arrow (none)"
            'lee@contoso.com Removed'
        )
        $rows[0].PSObject.Properties.Name | Should -Be 'MailboxName', 'Change', 'Property', 'From', 'To'
        ($rows | ConvertTo-Csv -NoTypeInformation)[1] | Should -Be '"kim@contoso.com","Changed","TimeZone","Tokyo Standard Time","UTC"'
        $rows[0].PSObject.TypeNames | Should -Be 'ExRun.ReportChange', 'System.Management.Automation.PSCustomObject', 'System.Object'
    }
}

Describe 'The rows of a report' {
    It 'have no view' {
        (Get-MailboxSettingsReport $working[0]).PSObject.TypeNames | Should -Be 'System.Management.Automation.PSCustomObject', 'System.Object'
    }
}
