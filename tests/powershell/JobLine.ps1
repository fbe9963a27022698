<#
.SYNOPSIS
    Runs each command line of the documents about jobs as it stands, and what takes it back, and writes what failed.
.DESCRIPTION
    Each with mailboxes in which nothing was written before but what the lines take to be there, and in a folder of its own that
    has the files they name. What mailboxes hold is compared before, after, and when it was taken back.
.PARAMETER OutFile
    Takes an object for each line that ran: Number, and Failed, which is empty where all was well.
.PARAMETER Count
    How many mailboxes the emulator has, of which none fails.
#>
[CmdletBinding()]
param([Parameter(Mandatory = $true)] [string] $OutFile, [Parameter(Mandatory = $true)] [int] $Count)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
Import-Module "$PSScriptRoot/JobLine.psm1" -Force
Import-ExRun
$app = Initialize-TestApp
Connect-ExRun -TenantId $TenantId -ClientId $ClientId -CertificatePath $app.PfxFile -Password $app.Password
$all = @(& $env:EXRUN_EMULATOR mailboxes --count $Count)

# What the lines take to be in mailboxes already.
function Initialize-Mailbox {
    [void] (Invoke-Emulator -Method POST -What forget)
    [void] (Invoke-Emulator -Method POST -What plant -Body @{
            mailboxes   = @(1, 3, 4)
            message     = @{ subject = 'invoice'; internetMessageId = '<4711@evil.example>'; from = @{ emailAddress = @{ name = 'Eve'; address = 'eve@evil.example' } } }
            attachments = @(@{ name = 'invoice.iso'; size = 1000 })
        })
    $rule = @{ displayName = 'Forward all'; sequence = 9; actions = @{ forwardTo = @(@{ emailAddress = @{ address = 'eve@evil.example' } }) } }
    [void] ($all[0, 2] | Invoke-ExRunMailboxRequest -Method POST -Path mailFolders/inbox/messageRules -Body $rule)
    [void] ($all[0, 2] | Invoke-ExRunMailboxRequest -Method POST -Path outlook/masterCategories -Body @{ displayName = 'Corp Old'; color = 'preset1' })
}

# A folder with the files that lines name.
function New-JobFolder {
    param([string] $Code)
    $folder = Join-Path $env:EXRUN_TEST_FOLDER ([guid]::NewGuid().ToString('N'))
    [void] [System.IO.Directory]::CreateDirectory($folder)
    $write = { param($Name, $Text) [System.IO.File]::WriteAllText((Join-Path $folder $Name), $Text) }
    $rows = $all[0..3] | ForEach-Object { [pscustomobject] @{ MailboxName = $_; Zone = 'Tokyo Standard Time' } }
    foreach ($name in 'mailboxes.csv', 'leavers.csv', 'zones.csv') { $rows | Export-Csv (Join-Path $folder $name) -NoTypeInformation }
    1..3 | ForEach-Object { [pscustomobject] @{ EmployeeId = "E$_"; 'First Name' = 'Lee'; 'Last Name' = "Number $_"; 'E-mail Address' = "lee$_@fabrikam.com" } } |
        Export-Csv (Join-Path $folder 'people.csv') -NoTypeInformation
    [pscustomobject] @{ Subject = 'Duty'; Start = '2027-03-01T22:00'; End = '2027-03-02T06:00' } | Export-Csv (Join-Path $folder 'roster.csv') -NoTypeInformation
    & $write 'holidays.ics' "BEGIN:VCALENDAR`r`nVERSION:2.0`r`nBEGIN:VEVENT`r`nUID:ny`r`nSUMMARY:New year`r`nDTSTART;VALUE=DATE:20270101`r`nEND:VEVENT`r`nEND:VCALENDAR`r`n"
    if ($Code -match '-PhotoFolder') {
        [void] [System.IO.Directory]::CreateDirectory((Join-Path $folder 'photos'))
        [System.IO.File]::WriteAllBytes([System.IO.Path]::Combine($folder, 'photos', 'E1.jpg'), [byte[]] (0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9))
    }
    & $write 'state.psd1' "@{ settings = @{ items = @{ timeZone = 'Tokyo Standard Time' } }; categories = @{ items = @(@{ displayName = 'Corp Customer'; color = 'preset4' }) } }"
    & $write 'sales.json' (Get-WrittenState)
    if ($Code -match 'before\.csv') {
        Get-MailboxSettingsReport -All -OutFile (Join-Path $folder 'before.csv')
        [void] (Set-ExRunMailboxSettings $all[0] -TimeZone 'Tokyo Standard Time' -Confirm:$false)
        Get-MailboxSettingsReport -All -OutFile (Join-Path $folder 'settings.csv')
    }
    return $folder
}

# What differs between what mailboxes held and what they hold now; nothing where they are the same.
function Compare-Held {
    param($Before)
    $now = Invoke-Emulator -What held
    foreach ($mailbox in $all) {
        # Most hold the same, and to compare them as lists takes long.
        if (($Before.$mailbox -join "`n") -ceq ($now.$mailbox -join "`n")) { continue }
        Compare-Object @($Before.$mailbox) @($now.$mailbox) | ForEach-Object { "$mailbox $($_.SideIndicator) $($_.InputObject)" }
    }
}

function Invoke-Code {
    param([string] $Code, [string] $Folder)
    Push-Location $Folder
    try {
        & {
            $ErrorActionPreference = 'Stop'
            $ConfirmPreference = 'None'
            $Mailboxes = $all
            $people = $all[0..3] | ForEach-Object { [pscustomobject] @{ UserPrincipalName = $_ } }
            . ([scriptblock]::Create($Code)) 3>$null 6>$null
        }
    } finally {
        Pop-Location
    }
}

# What of the rows is not as it should be.
function Test-Row {
    param([object[]] $Rows)
    foreach ($row in $Rows) {
        if ($row.Outcome -in 'Failed', 'Drifted', 'OutcomeUnknown' -or $row.IsWhole -eq $false) { throw "a row says: $(ConvertTo-Json $row -Compress -Depth 3)" }
    }
}

function Invoke-Job {
    param($Job)
    $code, $undo = $Job.Code, $Job.Undo
    if ($Job.IsState) {
        $code = 'Set-ExRunMailboxState $Mailboxes -Maximum 1000 -UndoPlan undo.jsonl -State ' + $code
        $undo = 'Invoke-ExRunPlan undo.jsonl -Maximum 1000'
    }
    $text = [regex]::Replace($code, '(?m)^(\w+-\w+) kim@contoso\.com', ('$1 ' + $all[1]))
    Initialize-Mailbox
    $folder = New-JobFolder -Code $text
    $before = Invoke-Emulator -What held
    [void] (Invoke-Emulator -Method POST -What reset)
    $rows = @(Invoke-Code -Code $text -Folder $folder)
    Test-Row -Rows $rows
    $files = @([regex]::Matches($text, '(?:-OutFile|-PlanFile|Export-Csv) (\S+)') | ForEach-Object { Join-Path $folder $_.Groups[1].Value })
    # The first line of a CSV file has the columns, and that of a plan says whose it is.
    $shown = $rows.Count + @($files | ForEach-Object { [System.IO.File]::ReadAllLines($_) | Select-Object -Skip 1 }).Count
    if (-not $shown) { throw 'it shows nothing' }
    $changed = @(Compare-Held $before)
    $written = @(Invoke-Emulator -What writes).Count
    $undoes = $text -match '(?s)-Undo(?:Plan|File) (\S+).*\n(?:Invoke-ExRunPlan|Set-ExRunMailboxSettings -Restore) \1'
    $writes = $text -match '\b(Set-ExRun\w+|Sync-ExRun\w+|Invoke-ExRunPlan)\b|-Method\b|-Steps\b'
    if ($writes -and -not $written) { throw 'it writes nothing' }
    if ($writes -and -not $undoes -and -not $changed) { throw 'it changes nothing' }
    if ((-not $writes -or $undoes) -and $changed) { throw "it leaves changes: $($changed[0..3] -join '; ')" }
    if ($text -match '-Undo(Plan|File)' -and -not ($undo -or $undoes)) { throw 'it writes down how it is undone, and the document does not say how that is done' }
    if ($undo) {
        $rows = @(Invoke-Code -Code $undo -Folder $folder)
        Test-Row -Rows $rows
        $left = @(Compare-Held $before)
        if ($left) { throw "its undo leaves: $($left[0..3] -join '; ')" }
    }
}

$results = foreach ($job in Get-JobLine | Where-Object { $_.Why.Count -eq 0 }) {
    $failed = ''
    try { Invoke-Job $job } catch { $failed = "$_ [$($_.FullyQualifiedErrorId)]" }
    [pscustomobject] @{ Number = $job.Number; Failed = $failed }
}
[System.IO.File]::WriteAllText($OutFile, (ConvertTo-Json -InputObject @($results)))
