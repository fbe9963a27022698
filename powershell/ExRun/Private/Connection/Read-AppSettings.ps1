function Read-AppSettings {
    <#
    .SYNOPSIS
        What the caller's Get-AppSettings returns, with the default for each member that is missing or empty.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet)

    $settings = New-DefaultAppSetting
    if ($null -eq (Find-CallerCommand -Cmdlet $Cmdlet -Name 'Get-AppSettings')) { return $settings }
    $result = Invoke-InCaller -Cmdlet $Cmdlet -Command 'Get-AppSettings'
    if ($null -ne $result.Failure) {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target 'Get-AppSettings' -Message ('calling Get-AppSettings: {0}' -f $result.Failure.GetBaseException().Message))
    }

    foreach ($record in $result.Errors) { Write-Verbose "Get-AppSettings: $record" }
    $given = $result.Output | Microsoft.PowerShell.Utility\Select-Object -Last 1
    foreach ($member in $settings.PSObject.Properties) {
        $value = [string] (Get-MemberValue -InputObject $given -Name $member.Name)
        $value = Get-PastedText -Text $value
        if ($value -eq '') { continue }
        if ($member.Name -ne 'ValidateForMinutes') {
            $member.Value = $value
            continue
        }
        $minutes = 0
        if ([int]::TryParse($value, [ref] $minutes)) { $member.Value = $minutes } else {
            Write-Verbose "Get-AppSettings: ValidateForMinutes '$value' is not a number; $($member.Value) applies"
        }
    }
    return $settings
}
