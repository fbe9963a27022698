<#
.SYNOPSIS
    Runs each example of the help as it stands, and writes what failed.
.DESCRIPTION
    With its sign-in made before, in a folder that has the files it names, and with mailboxes that are there in the place of kim
    and lee. Examples renew the app's certificates: so this runs in a process of its own, whose emulator nobody else uses.
.PARAMETER OutFile
    Takes an object for each example that ran: Command, Number, and Failed, which is empty where all was well.
#>
[CmdletBinding()]
param([Parameter(Mandatory = $true)] [string] $OutFile)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/TestHelper.psm1" -Force
Import-Module "$PSScriptRoot/HelpExample.psm1" -Force
Import-ExRun
$testApp = Initialize-TestApp
$working = @(Get-TestMailbox -Working)[0..5]
$open = Join-Path $env:EXRUN_TEST_FOLDER 'certfile.pfx'
$store = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($testApp.PfxFile, $testApp.PlainText, 'Exportable')
[System.IO.File]::WriteAllBytes($open, $store.Export('Pfx'))

# Stand-ins for what others have: a person who types, other modules, a script's own functions.
function global:Read-Host { param([switch] $AsSecureString) ConvertTo-Secret 'typed' }
function global:Get-EXOMailbox { param([string] $ResultSize) $working | ForEach-Object { [pscustomobject] @{ UserPrincipalName = $_ } } }
function global:New-Party { param($Of) @{ subject = 'Party'; transactionId = $Of.PartyId; start = @{ dateTime = '2030-01-01T10:00:00'; timeZone = 'UTC' }; end = @{ dateTime = '2030-01-01T11:00:00'; timeZone = 'UTC' } } }
function global:New-Notice { param($Of) @{ message = @{ subject = "Order $($Of.OrderId)"; body = @{ contentType = 'text'; content = 'x' }; toRecipients = @(@{ emailAddress = @{ address = $Of.MailboxName } }) } } }
function global:Invoke-RestMethod { param($Uri, $Headers) $Headers.Authorization.Length -gt 20 }

# A folder with the files that examples name.
function New-ExampleFolder {
    $folder = Join-Path $env:EXRUN_TEST_FOLDER ([guid]::NewGuid().ToString('N'))
    [void] [System.IO.Directory]::CreateDirectory($folder)
    foreach ($name in 'app.pfx', 'app-2026.pfx', 'reader.pfx', 'certfile.pfx') { [System.IO.File]::Copy($open, (Join-Path $folder $name)) }
    [System.IO.File]::WriteAllBytes((Join-Path $folder 'app.cer'), $store.Export('Cert'))
    $rows = $working | ForEach-Object { [pscustomobject] @{ MailboxName = $_; Zone = 'UTC'; OrderId = $_; TimeZone = 'Tokyo Standard Time' } }
    foreach ($name in 'mailboxes.csv', 'zones.csv', 'orders.csv', 'monday.csv', 'tuesday.csv', 'before.csv') { $rows | Export-Csv (Join-Path $folder $name) -NoTypeInformation }
    # A group of the emulator with members, and the one without.
    1, 4 | ForEach-Object { [pscustomobject] @{ Id = "6d0b0cb4-0000-4000-a000-00000000000$_" } } | Export-Csv (Join-Path $folder 'groups.csv') -NoTypeInformation
    [pscustomobject] @{ Name = 'Lee'; Mail = 'lee@fabrikam.com' } | Export-Csv (Join-Path $folder 'contacts.csv') -NoTypeInformation
    [pscustomobject] @{ EmployeeId = 'E1'; 'First Name' = 'Lee'; 'E-mail Address' = 'lee@fabrikam.com' } | Export-Csv (Join-Path $folder 'people.csv') -NoTypeInformation
    [void] [System.IO.Directory]::CreateDirectory((Join-Path $folder 'photos'))
    [System.IO.File]::WriteAllBytes((Join-Path (Join-Path $folder 'photos') 'E1.jpg'), [byte[]] (0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9))
    [pscustomobject] @{ Subject = 'Duty'; Start = '2027-03-01T22:00'; End = '2027-03-02T06:00' } | Export-Csv (Join-Path $folder 'roster.csv') -NoTypeInformation
    [System.IO.File]::WriteAllText((Join-Path $folder 'holidays.ics'), "BEGIN:VCALENDAR`r`nVERSION:2.0`r`nBEGIN:VEVENT`r`nUID:ny`r`nSUMMARY:New year`r`nDTSTART;VALUE=DATE:20270101`r`nEND:VEVENT`r`nEND:VCALENDAR`r`n")
    return $folder
}

function Invoke-Example {
    param([string] $Command, [string] $Code)
    $folder = New-ExampleFolder
    $text = $Code.Replace('C:\temp\', './').Replace('kim@contoso.com', $working[0]).Replace('lee@contoso.com', $working[1]).Replace('kim@fabrikam.com', $working[0])
    # What the example takes to be there already.
    Disconnect-ExRun -All
    if ($Command -ne 'Get-AppSettings') {
        function Get-AppSettings { [pscustomobject] @{ TenantId = $TenantId; ClientId = $ClientId } }
    }
    Connect-ExRun -TenantId contoso.com -ClientId $ClientId -CertificatePath $open
    if ($Command -eq 'Disconnect-ExRun') { Connect-ExRun -Name partner -TenantId fabrikam.com -ClientId $ClientId -CertificatePath $open }
    $id = $app = $admin = $reader = $ClientId
    $tenant = 'contoso.com'
    $vault = 'https://contoso.vault.azure.net'
    $secret = $ClientSecretText
    $Certificate = $store
    $Mailboxes = $working
    $Token = Get-AppOnlyToken $open -TenantId contoso.com -ClientId $ClientId
    $people = $working | ForEach-Object { [pscustomobject] @{ UserPrincipalName = $_; DisplayName = 'Somebody'; PartyId = [guid]::NewGuid() } }
    $found = @($people[0..1] | Invoke-ExRunMailboxRequest -Path 'messages?$top=1' -Select id)
    if ($Code -match 'shard-\*|undo\.jsonl|all\.db') {
        foreach ($number in 1, 2) { [void] (Get-MailboxSettingsReport -All -Shard "$number/2" -Journal (Join-Path $folder "shard-$number.db") -ErrorAction SilentlyContinue) }
    }
    # An undo file is written where there is something to undo.
    if ($Code -match 'UndoFile') { [void] ($working | Set-ExRunMailboxSettings -TimeZone 'Tokyo Standard Time' -Confirm:$false) }
    # A plan, and what its run leaves behind.
    if ($Command -in 'Invoke-ExRunPlan', 'Test-ExRunAudit') {
        [void] ($working | Set-ExRunMailboxSettings -TimeZone 'Tokyo Standard Time' -Confirm:$false)
        $plan, $undo, $audit = 'plan.jsonl', 'undo.jsonl', 'audit.jsonl' | ForEach-Object { Join-Path $folder $_ }
        if ($Code -notmatch '-PlanFile') { [void] ($working | Set-ExRunMailboxSettings -TimeZone UTC -PlanFile $plan -Confirm:$false) }
        if ($Code -notmatch 'plan\.jsonl') { [void] (Invoke-ExRunPlan $plan -UndoPlan $undo -AuditFile $audit -Confirm:$false) }
    }
    if ($Command -eq 'Get-ExRunLastRun') { [void] (Get-MailboxSettingsReport $working) }
    Push-Location $folder
    try {
        & {
            # Of the whole tenant some mailboxes fail, as they are meant to.
            $ErrorActionPreference = if ($Code -match '-All\b') { 'SilentlyContinue' } else { 'Stop' }
            $ConfirmPreference = 'None'
            $null = . ([scriptblock]::Create($text)) 3>$null 6>$null
        }
    } finally {
        Pop-Location
    }
}

$results = foreach ($example in Get-HelpExample | Where-Object { $_.Why.Count -eq 0 }) {
    $failed = ''
    try { Invoke-Example -Command $example.Command -Code $example.Code } catch { $failed = "$_ [$($_.FullyQualifiedErrorId)]" }
    [pscustomobject] @{ Command = $example.Command; Number = $example.Number; Failed = $failed }
}
[System.IO.File]::WriteAllText($OutFile, (ConvertTo-Json -InputObject @($results)))
